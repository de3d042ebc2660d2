/**
 * Names of fields that hold secrets, card and bank data, or personal data, in the payloads of the services there are and of
 * many others. None of them is needed to read what happened to money. Written without case, `_` and `-`; of a name with dots
 * its last part counts (Adyen writes `sepadirectdebit.iban`).
 */
const PRIVATE = new Set(
  `
  secret clientsecret apikey password passphrase accesstoken refreshtoken idtoken clienttoken paymenttoken networktoken
  cryptogram signature hmacsignature receipturl hostedinvoiceurl invoicepdf hostedvoucherurl

  card cardnumber pan cvc cvc2 cvv cvv2 cvn securitycode pin last4 lastfour lastdigits cardsummary cardbin issuerbin bin iin
  expmonth expyear expiry expirydate expirymonth expiryyear cardexpirydate authcode authorizationcode fingerprint
  cardfingerprint alias paymentaccountreference paymentmethoddetails paymentmethoddata paymentsource

  iban bban bic bankaccount bankaccountnumber accountnumber routingnumber sortcode sepadebit usbankaccount consumeraccount
  consumerbic cardaccount banktransfer

  payer payerinfo payeremail subscriber shopper cardholder customerdetails customeraddress billing billingdetails
  billingaddress shipping shippingdetails shippingaddress deliveryaddress collectedinformation
  name firstname middlename lastname fullname givenname familyname surname prefixname shoppername customername cardholdername
  holdername ownername accountholder accountholdername consumername payername businessname individualname
  email emailaddress shopperemail customeremail receiptemail consumeremail
  phone phonenumber telephonenumber mobile mobilenumber shoppertelephone customerphone
  address address1 address2 addressline1 addressline2 line1 line2 street streetandnumber streetadditional housenumber
  housenumberorname city postalcode zip zipcode stateorprovince adminarea1 adminarea2
  ip ipaddress shopperip clientip customerip customeripaddress useragent browserinfo devicefingerprint
  evidence enhancedevidence customerpurchaseip messages
  dateofbirth birthdate dob gender socialsecuritynumber ssn nationalid taxid taxids taxinfo
  `
    .split(/\s+/)
    .filter((name) => name !== ''),
)

/** Whether what stands under this name is to be kept from everybody. */
export function isPrivate(name: string): boolean {
  const last = name.slice(name.lastIndexOf('.') + 1)
  return PRIVATE.has(last.replace(/[_-]/g, '').toLowerCase())
}
