# Messages to drivers and beneficiaries, pages of links, calendars, day sheets.

letter-offer-subject = Can you drive somebody?
letter-offer-body = Hello { $recipient },
    { $territory } is looking for a driver to go with { $other }. Please answer by: { $answer_by }.
letter-offer-reminder-subject = Reminder: can you drive somebody?
letter-offer-reminder-body = Hello { $recipient },
    We still wait for your answer about going with { $other }, by: { $answer_by }. A no helps us too. ({ $territory })
letter-offer-over-subject = No need to answer any more
letter-offer-over-body = Hello { $recipient },
    We do not need your answer about this trip any more. Thank you all the same! ({ $territory })
letter-drive-confirmed-subject = Trip confirmed: you drive
letter-drive-confirmed-body = Hello { $recipient },
    Agreed: you go with { $other }. Thank you! ({ $territory })
letter-drive-cancelled-subject = Trip cancelled
letter-drive-cancelled-body = Hello { $recipient },
    The trip with { $other } does not take place: you need not come. ({ $territory })
letter-drive-cancelled-still-subject = One of your trips is cancelled, not the others
letter-drive-cancelled-still-body = Hello { $recipient },
    The trip with { $other } does not take place. You still drive on that day. ({ $territory })
letter-drives-still = You still drive:
letter-drive-still = { $other }, set out { $start }, { $when }: { $from } → { $to }
letter-trip-confirmed-subject = Your trip is confirmed
letter-trip-confirmed-body = Hello { $recipient },
    Your trip is confirmed. Driver: { $other }. ({ $territory })
letter-trip-tomorrow-subject = Reminder: your trip tomorrow
letter-trip-tomorrow-body = Hello { $recipient },
    This is a reminder of your trip tomorrow. Driver: { $other }. ({ $territory })
letter-trip-cancelled-subject = Your trip does not take place
letter-trip-cancelled-body = Hello { $recipient },
    We are sorry: your trip cannot take place. Call us to look for another way. ({ $territory })
letter-drive = { $when }: { $from } → { $to }
letter-answer-link = Answer with one click, without a password: { $url }
letter-look-link = The details: { $url }
letter-phone = Desk: { $phone }
letter-footer = { $territory }
letter-footer-phone = { $territory } – desk: { $phone }

web-offer-question = Can you drive?
web-offer-accepted = Thank you, agreed
web-offer-refused = Noted
web-offer-over = No need to answer any more
web-offer-who = We are looking for a driver to go with { $other }.
web-offer-by = Please answer by: { $by }.
web-offer-yes = Yes, I drive
web-offer-no = No, not this time
web-offer-why = If it is no, why?
web-offer-thanks = You drive. Here is what you need.
web-offer-refused-text = Thank you for answering. We ask somebody else.
web-offer-over-text = This request is closed: we do not need your answer any more. Thank you all the same!
web-offer-barred = Thank you for your answer! We cannot give you this trip for now: your file as a driver has to be brought up to date. The desk will gladly help.
web-offer-not-yours = A part of this trip is not yours any more, or does not take place.
web-desk = A question, something came up? Call the desk: { $phone }.
web-nothing-here = Nothing at this address
web-nothing-here-text = This link is not valid, or not any more. Check that it is whole, or call the desk.
web-too-many = One moment
web-too-many-text = Too many requests at once. Try again in a minute.
web-answer-unclear = Answer incomplete
web-answer-unclear-text = We did not understand the answer. Go back and choose yes or no.
web-changed-meanwhile = Things have changed
web-changed-meanwhile-text = This trip has changed meanwhile: your answer was not taken. Open the link again, or call the desk.
web-out-of-order = Out of order
web-out-of-order-text = Your answer could not be taken. Try again later, or call the desk.

calendar-name = My solidarity trips
calendar-tentative = To be confirmed: { $from } → { $to }
calendar-confirmed = Trip: { $from } → { $to }
calendar-cancelled = Cancelled: { $from } → { $to }
calendar-pickup = Pickup: { $when }

sheet-title = Day sheet of { $day }
sheet-way = Way
sheet-start = Leave
sheet-pickup = Fetch
sheet-arrival = Arrive
sheet-passenger = Person
sheet-phone = Phone
sheet-seats = Seats
sheet-needs = Needs
sheet-notes = To know
sheet-standing = State
sheet-unanswered = no answer yet
sheet-nothing = No trip that day.
sheet-undecided = Without a driver

confirmation-title = Your journey is arranged
confirmation-greeting = { $name }, here is what is planned for you.
confirmation-pickup = We fetch you
confirmation-arrival = You arrive at the latest
confirmation-driver = Your driver
confirmation-carrier = Carried by
confirmation-neighbour = Platform that carries
confirmation-frame = Legal frame
confirmation-contribution = Your contribution
confirmation-partial = The other way of this journey is not arranged yet: we will call you.
confirmation-call = Something changes, or you have a question? Call us: { $desk }

refusal-confirmation-carried = This trip belongs to a neighbour: its own desk gives the person the confirmation.
refusal-confirmation-nobody = Nobody drives this trip yet, or it is over: there is nothing to confirm.
refusal-confirmation-uncertain = It is not known at this moment who drives this trip. Call the other desk first: see handover show.

## The pages of a driver
web-driver-week = My trips
web-driver-hello = Hello { $name }. This page is yours: give its address to nobody.
web-driver-offers = You are asked
web-driver-days = My coming days
web-driver-days-none = Nothing is planned in the coming eight days.
web-driver-absences = My days off
web-driver-absence-day = { $first }
web-driver-absence-days = from { $first } to { $last }
web-driver-absence-first = First day off
web-driver-absence-last = Last day (empty: the same)
web-driver-absence-do = Note these days off
web-driver-absence-text = A trip that was promised stays promised: if it falls on one of these days, call the desk.
web-driver-expenses = My expenses
web-driver-expenses-none = Nothing is noted yet.
web-driver-expense = { $day }: { $what }, { $amount }, to go into a statement
web-driver-statement = Statement { $month }: { $amount }, { $state }
web-driver-said-yes = Thank you! Noted: you drive. The details are below.
web-driver-said-no = Noted: it is not possible for you. Thank you for answering.
web-driver-said-over = This question waited for no answer any more: nothing has changed.
web-driver-said-barred = Your yes could not be taken: a paper is missing or not valid any more. Call the desk.
web-driver-said-absence = Your days off are noted.
