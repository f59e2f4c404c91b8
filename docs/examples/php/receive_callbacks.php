<?php
/**
 * Receives the moderation service's callbacks and applies each once.
 *
 * MODERATION_CALLBACK_SECRET  whsec_..., printed when the site was enrolled
 * COMMENTS_FILE               a JSON file that stands for your own database
 *
 * php -S 127.0.0.1:8080 receive_callbacks.php
 */
declare(strict_types=1);

require __DIR__ . '/signing.php';

const LARGEST_BODY = 262144;

function receive(): int
{
    if ($_SERVER['REQUEST_METHOD'] !== 'POST') {
        return 405;
    }
    $body = (string) file_get_contents('php://input', false, null, 0, LARGEST_BODY + 1);
    if (strlen($body) > LARGEST_BODY) {
        return 413;
    }
    $webhookId = $_SERVER['HTTP_WEBHOOK_ID'] ?? '';
    $genuine = isGenuine( // checks the raw bytes before anything parses them
        (string) getenv('MODERATION_CALLBACK_SECRET'),
        $webhookId,
        $_SERVER['HTTP_WEBHOOK_TIMESTAMP'] ?? '',
        $_SERVER['HTTP_WEBHOOK_SIGNATURE'] ?? '',
        $body
    );
    if (!$genuine) {
        return 401;
    }
    $callback = json_decode($body, true, 512, JSON_THROW_ON_ERROR);
    if (in_array($callback['type'], ['comment.held', 'comment.decided'], true)) {
        apply($webhookId, $callback['data']);
    }
    // "story.closed", "story.reopened" and "author.sanctioned" close your form and warn or stop a reader, where your site
    // can do that: keep their version beside the story or author. Acknowledge these and all other types in any case.
    return 204;
}

/**
 * A callback counts as heard only together with its effect. In SQL, one transaction: insert the webhook-id into a table
 * where it is unique, stop if it was there, then `update comments set state = ?, version = ? where id = ? and version < ?`.
 */
function apply(string $webhookId, array $data): void
{
    $path = getenv('COMMENTS_FILE') ?: 'comments.json';
    $lock = fopen("$path.lock", 'c');
    flock($lock, LOCK_EX); // let go when the request ends
    $known = is_file($path)
        ? json_decode((string) file_get_contents($path), true, 512, JSON_THROW_ON_ERROR)
        : ['heard' => [], 'comments' => []];
    if (isset($known['heard'][$webhookId])) {
        return; // a repeat has no effect
    }
    $known['heard'][$webhookId] = true;
    $id = $data['comment_id'];
    if ($data['version'] > ($known['comments'][$id]['version'] ?? -1)) { // a lower version came late
        $known['comments'][$id] = ['state' => $data['state'], 'version' => $data['version']];
    }
    $new = json_encode($known, JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE | JSON_FORCE_OBJECT);
    if (file_put_contents("$path.new", $new) !== strlen($new) || !rename("$path.new", $path)) {
        throw new RuntimeException("$path cannot be written");
    }
}

ini_set('display_errors', '0'); // errors belong in the log, not in the answer
http_response_code(500); // unless all goes well; the service then tries again
http_response_code(receive());
