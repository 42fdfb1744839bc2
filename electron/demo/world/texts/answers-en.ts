import type { Answers } from './phrasebook.ts';

/** One for each question of `en.ts`, in its order. */
export const answersEn: Answers = {
  refund: {
    ask: [
      'Your return for {order} is accepted. The {amount} leave today and usually show up within {days} working days.',
      '{item} reached us on {date} and the refund of {amount} was approved. By our policy the bank credits it within {days} working days.',
      'Open "My orders", pick {item}, then "Return". The label is free; {amount} follow once it is with us.',
      'You are right, a voucher was taken off twice. I corrected the refund for {order}.',
      'For your safety it goes to the card you paid with. If that one is closed, your bank credits the account.',
      'It is being checked since {date}. The refund of {amount} leaves today or tomorrow.',
    ],
    more: [
      'Yes, to the card you paid with.',
      'No, returns are free.',
      'Yes, you get an email when it is paid.',
    ],
  },
  order: {
    ask: [
      'Order {order} is out for delivery and arrives on {date}.',
      'The carrier held it. I asked them about {order}; it moves today.',
      'It was left at the pick-up point. I sent you its address and the code.',
      '{item} left our warehouse yesterday; expect it on {date}.',
    ],
    more: [
      'Yes, tell me which point suits you.',
      'Then it waits at the pick-up point for {days} days.',
    ],
  },
  cancel: {
    ask: [
      'Done: {order} is cancelled and nothing will be charged.',
      'I cancelled one of them; {item} comes once.',
      'It had not left yet, so I cancelled {item}.',
      'The purchase of {amount} is cancelled; the charge disappears within {days} days.',
    ],
    more: ['Yes, it is on its way.', 'No, it is valid again.'],
  },
  address: {
    ask: [
      'I changed the address of {order}. Delivery is still planned for {date}.',
      'Corrected: {order} has the right house number now.',
      'Yes, {item} goes to your office. Who receives it there?',
      'Done, free of charge.',
    ],
    more: ['No, it still comes on {date}.', 'Yes, in your account.'],
  },
  invoice: {
    ask: [
      'I sent the invoice for {order} with your VAT number.',
      'Under "My orders", beside {item}.',
      'I corrected the name on the invoice of {date}.',
      'Here it is with VAT listed: {amount} in all.',
    ],
    more: ['Yes, sent to {email}.', 'Yes, for three years.'],
  },
  damaged: {
    ask: [
      'I am sorry. A new {item} is on its way, free of charge, due {date}.',
      'The missing part ships today and arrives within {days} days.',
      'We can exchange it or take {amount} off; which do you prefer?',
      'Please do not use it. We collect {item} and send the glass within {days} days.',
    ],
    more: ['If you can, yes: it helps with the carrier.', 'On {date}.'],
  },
  account: {
    ask: [
      'I just sent a new link; it is valid for one hour.',
      'Your account has {email} now.',
      'I sent it as a text message this time.',
      'I started the deletion. Confirm it by the email you get; it completes in {days} days.',
    ],
    more: ['About a minute.', 'No, they stay.'],
  },
  plans: {
    ask: [
      'Home covers one address, Studio up to three, with priority delivery.',
      'For five take Studio: shared accounts and free assembly.',
      'Yes, you only pay the difference for the days left.',
    ],
    more: ['Yes, two months are free.', 'Yes, at the end of a month.'],
  },
  price: {
    ask: [
      '{item} is {amount} with delivery.',
      'Yes, 10 % from two on.',
      'Yes, send me the link and I match it.',
    ],
    more: ['Until {date}.', 'Yes, three, free of interest.'],
  },
  stock: {
    ask: [
      'Yes, {days} are left in walnut.',
      '{item} is back on {date}.',
      'Leeds has {days}. I can hold one for 48 hours.',
    ],
    more: ['Yes, by email.', 'Reserved for 48 hours.'],
  },
  delivery: {
    ask: [
      '{days} working days, and {amount}.',
      'Yes, also without a lift.',
      'Yes, the first slot is {date}.',
    ],
    more: ['Yes, it is.', 'Yes, free if you tell us before.'],
  },
  auth: {
    ask: [
      'Create a second token, switch your services, then revoke the first: both are valid meanwhile. See Authentication, section 3.',
      'Mostly the environment: sandbox tokens do not work in production.',
      '`read:objects` and `read:events` are enough.',
      'In the Authorization header. Query strings end up in logs.',
    ],
    more: ['90 days, or what you set.', 'Yes, up to five per project.'],
  },
  install: {
    ask: [
      'Pin the exact version in your manifest; the installation guide has the line to copy.',
      'Point the client at the CA of your proxy, see "Company networks".',
      'Reads do, from the cache. Writes wait for the network.',
      'The one ending in -musl; the guide lists both.',
    ],
    more: ['Node 20 or later.', 'Yes, one tag per version.'],
  },
  webhooks: {
    ask: [
      'Compute the HMAC of the raw body and compare it with the signature header.',
      'Duplicates can happen: drop them by event id.',
      '{days} times, further and further apart.',
      'Yes, from "Deliveries", by day.',
    ],
    more: [
      'Yes, with their answers, under "Deliveries".',
      'In no sure order: sort by the time of the event.',
    ],
  },
  limits: {
    ask: [
      '600 requests per minute and token.',
      'As long as Retry-After says.',
      'Yes, write to support with the date; or use the batch API.',
      'Yes, except those answered by 5xx.',
    ],
    more: ['Per token.', 'Yes, a hundred objects count as one request.'],
  },
};
