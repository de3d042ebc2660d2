-- What staff do to a payment in Adyen's Customer Area may come under a reference of theirs, and names the payment by Adyen's.
-- Only where that is needed: other providers' payments cost no write more.
CREATE INDEX payments_at_adyen ON payments (provider_reference) WHERE provider = 'adyen' AND provider_reference IS NOT NULL;
