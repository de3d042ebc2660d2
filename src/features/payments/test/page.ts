import { escapeHtml } from '../../../domain/escape-html.ts'
import { formatMoney } from '../../../domain/money.ts'
import type { PaymentRow } from '../queries.ts'

/** The page a shopper is sent to by the test provider: three buttons that do what `POST` of the same address does. */
export function testPaymentPage(payment: PaymentRow): Response {
  const back = payment.input.return_url ?? ''
  const html = `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Test payment</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 28rem; margin: 4rem auto; padding: 0 1rem; color: #1d2733; }
  button { font: inherit; padding: .6rem 1rem; margin: 0 .5rem .5rem 0; border: 1px solid #9aa7b4; border-radius: .4rem; background: #fff; cursor: pointer; }
  button:first-of-type { background: #14532d; border-color: #14532d; color: #fff; }
  output { display: block; min-height: 3rem; }
</style>
<h1>Pay ${escapeHtml(formatMoney({ amount: payment.amount, currency: payment.currency }))}?</h1>
<p>This is the test provider: no money moves. Payment <code>${escapeHtml(payment.id)}</code>.</p>
<p><button value="succeeded">Pay</button><button value="declined">Decline</button><button value="pending">Leave pending</button></p>
<output></output>
<script>
  const back = ${JSON.stringify(back).replaceAll('<', '\\u003c')}
  for (const button of document.querySelectorAll('button')) button.onclick = async () => {
    const response = await fetch(location.href, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ outcome: button.value }) })
    const answer = await response.json()
    document.querySelector('output').textContent = response.ok ? 'The shop has been told: ' + answer.outcome + '.' : answer.title
    if (response.ok && back && button.value !== 'declined') location.href = back
  }
</script>
</html>`
  const csp = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'"
  return new Response(html, { headers: { 'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy': csp } })
}
