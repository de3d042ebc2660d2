import { fakePayPal } from '../support/fakes/paypal.ts'
import { describeProvider, itKnowsItsOwn } from '../support/provider-contract.ts'

describeProvider(fakePayPal)
itKnowsItsOwn(fakePayPal)
