<?php
/**
 * Sends one comment to the moderation service, signed.
 *
 * MODERATION_URL             where the service answers, such as https://moderation.khobor.example
 * MODERATION_SITE            the site's slug
 * MODERATION_WEBHOOK_SECRET  whsec_..., printed when the site was enrolled
 *
 * php send_comment.php COMMENT_ID "The comment's text"
 */
declare(strict_types=1);

require __DIR__ . '/signing.php';

const TRY_AGAIN = [0, 429, 500, 502, 503, 504]; // 0: no answer
const PAUSES = [1, 5, 15]; // seconds before the further attempts; a site under load keeps an outbox instead

/** The event. Fill it from your own tables; only what is marked optional may be left out. */
function commentCreated(string $commentId, string $text): array
{
    $now = gmdate('Y-m-d\TH:i:s\Z');
    return [
        'type' => 'comment.created',
        'timestamp' => $now,
        'data' => [
            'id' => $commentId,
            'story' => [
                'id' => 'story-1',
                'url' => 'https://khobor.example/national/story-1',
                'title' => 'একটি খবর',
                'section' => 'জাতীয়',
            ],
            'parent_id' => null, // the id of the comment that this one answers
            'author' => ['id' => 'reader-1', 'name' => 'শাহানা'], // optional: email, url, ip, registered_at
            'body' => $text,
            'format' => 'plain', // or 'html'
            'created_at' => $now,
        ],
    ];
}

/** Every attempt carries the same id and body, so that a comment that was stored is not stored again. */
function send(array $event, string $webhookId): array
{
    $url = rtrim(getenv('MODERATION_URL'), '/') . '/v1/sites/' . rawurlencode(getenv('MODERATION_SITE')) . '/events';
    // Old tables hold broken UTF-8: it is replaced rather than losing the comment.
    $body = json_encode(
        $event,
        JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_INVALID_UTF8_SUBSTITUTE | JSON_THROW_ON_ERROR
    );
    foreach ([...PAUSES, null] as $pause) {
        [$status, $answer, $retryAfter] = post($url, $webhookId, $body);
        if ($pause === null || !in_array($status, TRY_AGAIN, true)) {
            break;
        }
        sleep(max($pause, $retryAfter));
    }
    if ($status !== 200 && $status !== 202) {
        throw new RuntimeException($status === 0 ? "cannot reach $url" : "refused with $status: $answer");
    }
    return json_decode($answer, true, 512, JSON_THROW_ON_ERROR);
}

/** One attempt, stamped and signed now: [status or 0, body, seconds to wait]. */
function post(string $url, string $webhookId, string $body): array
{
    $timestamp = time();
    $headers = [
        'Content-Type: application/json',
        "webhook-id: $webhookId",
        "webhook-timestamp: $timestamp",
        'webhook-signature: ' . sign(getenv('MODERATION_WEBHOOK_SECRET'), $webhookId, $timestamp, $body),
    ];
    $context = stream_context_create(['http' => [
        'method' => 'POST',
        'header' => $headers,
        'content' => $body,
        'timeout' => 10,
        'follow_location' => 0,
        'ignore_errors' => true, // an error's body says what was wrong
    ]]);
    $stream = @fopen($url, 'r', false, $context);
    if ($stream === false) {
        return [0, '', 0];
    }
    $answered = stream_get_meta_data($stream)['wrapper_data'];
    $retryAfter = preg_grep('/^retry-after: *\d+$/i', $answered);
    $answer = [
        (int) explode(' ', $answered[0])[1],
        (string) stream_get_contents($stream),
        $retryAfter ? (int) trim(explode(':', reset($retryAfter))[1]) : 0,
    ];
    fclose($stream);
    return $answer;
}

if ($argc !== 3) {
    fwrite(STDERR, "php send_comment.php COMMENT_ID \"The comment's text\"\n");
    exit(2);
}
try {
    $accepted = send(commentCreated($argv[1], $argv[2]), "comment-created-$argv[1]");
} catch (RuntimeException | InvalidArgumentException $error) {
    fwrite(STDERR, $error->getMessage() . "\n");
    exit(1);
}
echo "{$accepted['state']}: {$accepted['status_url']}\n";
