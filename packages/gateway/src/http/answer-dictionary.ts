/**
 * What payment answers are made of: a compressor that knows it before it begins needs three bytes where a name stands for the
 * first time. The commonest comes last, where a reference to it is shortest. Part of the format of what is cached: whoever changes
 * a character takes the next number for `FORMAT` in flow/answer-cache.ts.
 */
const VALUES = `trueFalsenull"2026-01-01T00:00:00.000Z"https://api.example.com/v1/payments/EURUSDGBPCHFJPYSEK
succeededprocessingrequires_actionrequires_captureauthorizedAuthorisedcapturedpendingdeclinedrefusedcanceledrefundedfailed
visamastercardamexsepa_debitcardidealautomatic`;

const ERRORS = `{"type":"https://","title":"","status":400,"detail":"","instance":"","error":{"code":"card_declined","decline_code":
"insufficient_funds","doc_url":"","message":"","param":"","request_log_url":"","type":"card_error"},"errorCode":"","errorType":""}`;

const MEMBERS = `"pspReference":"","resultCode":"Authorised","merchantReference":"","merchantAccount":"","additionalData":{"cardSummary":"",
"links":[{"href":"","rel":"self","method":"GET"}],"_links":{"self":{"href":""}},"invoice":null,"transfer_data":null,"transfer_group":null,
"application_fee_amount":null,"amount_capturable":0,"amount_received":,"amount_refunded":0,"amount_details":{"tip":{}},"on_behalf_of":null,
"balance_transaction":"txn_","billing_details":{"address":{"city":null,"country":null,"line1":null,"line2":null,"postal_code":null,
"state":null},"email":null,"name":null,"phone":null},"canceled_at":null,"cancellation_reason":null,"capture_method":"automatic",
"client_secret":"pi_","confirmation_method":"automatic","customer":"cus_","description":null,"failure_code":null,"failure_message":null,
"last_payment_error":null,"latest_charge":"ch_","livemode":false,"next_action":null,"outcome":{"network_status":"approved_by_network",
"reason":null,"risk_level":"normal","seller_message":"Payment complete."},"paid":true,"payment_intent":"pi_","payment_method":"pm_",
"payment_method_details":{"card":{"brand":"visa","exp_month":12,"exp_year":2030,"funding":"credit","last4":"4242"},"type":"card"},
"payment_method_options":{"card":{"installments":null,"request_three_d_secure":"automatic"}},"payment_method_types":["card"],
"receipt_email":null,"receipt_url":"https://","refunded":false,"refunds":[],"setup_future_usage":null,"shipping":null,
"statement_descriptor":null,"statement_descriptor_suffix":null,"updated_at":"","created_at":"","createdAt":"","updatedAt":"",
"metadata":{"order_id":""},"reference":"","status":"succeeded","currency":"EUR","value":"","amount":{"value":,"currency":"EUR"},
"created":17,"object":"payment_intent","object":"charge","object":"refund","id":"ch_","id":"re_","id":"pi_","id":"pay_`;

const HEADERS = `Accept-Ranges
bytes
Access-Control-Allow-Credentials
Access-Control-Allow-Methods
GET, HEAD, PUT, PATCH, POST, DELETE
Access-Control-Allow-Origin
Access-Control-Expose-Headers
Access-Control-Max-Age
CF-RAY
Content-Security-Policy
base-uri 'none'; default-src 'none'; form-action 'none'; frame-ancestors 'none'; img-src 'self'; script-src 'self' 'report-sample'
Cross-Origin-Opener-Policy
same-origin
Cross-Origin-Resource-Policy
Expect-CT
Pragma
no-cache
Expires
Referrer-Policy
strict-origin-when-cross-origin
Stripe-Version
Stripe-Should-Retry
traceparent
00-
Transfer-Encoding
Via
1.1
X-Content-Type-Options
nosniff
X-Frame-Options
DENY
SAMEORIGIN
X-RateLimit-Limit
X-RateLimit-Remaining
X-RateLimit-Reset
X-XSS-Protection
X-Powered-By
Express
X-Correlation-Id
X-Request-Id
Request-Id
req_
Idempotency-Key
Original-Request
Location
/v1/payments/
/payments/
ETag
W/"
Server
nginx
cloudflare
Strict-Transport-Security
max-age=31536000; includeSubDomains; preload
Vary
Origin
Accept-Encoding
Cache-Control
no-cache, no-store
Content-Type
application/problem+json
application/json; charset=utf-8
Content-Type
application/json`;

export const ANSWER_DICTIONARY: Buffer = Buffer.from([VALUES, ERRORS, MEMBERS, HEADERS].map(joined).join("\n"));

/** Lines of JSON are broken for the eye alone. */
function joined(part: string): string {
  return part.startsWith("Accept") ? part : part.replaceAll("\n", "");
}
