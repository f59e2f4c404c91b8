<?php
/**
 * Standard Webhooks signatures in plain PHP 8: no extension but what PHP always has, no composer.
 */
declare(strict_types=1);

/** The value of the `webhook-signature` header. */
function sign(string $secret, string $webhookId, int $timestamp, string $body): string
{
    $key = base64_decode(preg_replace('/^whsec_/', '', trim($secret)), true);
    if ($key === false || $key === '') {
        throw new InvalidArgumentException('The secret must be whsec_ followed by base64.');
    }
    return 'v1,' . base64_encode(hash_hmac('sha256', "$webhookId.$timestamp.$body", $key, true));
}

/** Whether one of the signatures is ours, and the message is at most five minutes old (or early). */
function isGenuine(string $secret, string $webhookId, string $timestamp, string $signatures, string $body): bool
{
    if ($webhookId === '' || !ctype_digit($timestamp) || abs(time() - (int) $timestamp) > 300) {
        return false;
    }
    $expected = sign($secret, $webhookId, (int) $timestamp, $body);
    foreach (explode(' ', $signatures) as $signature) { // two, while a secret is being changed
        if (hash_equals($expected, $signature)) {
            return true;
        }
    }
    return false;
}
