# The console: planning, handovers, registering people, volunteers.

## Navigation
desk-tab-planning = Planning

## Planning
desk-week = Week of { $name }
desk-day = Planning of { $name }
desk-week-of = Week of
desk-weeks = Other weeks
desk-week-before = ← The week before
desk-week-present = This week
desk-week-after = The week after →
desk-to-week = The whole week
desk-short-day = { $weekday } { $day } { $month }
desk-open = What nobody has yet
desk-open-none = Every trip has somebody, or waits for an answer.
desk-by-driver = By driver
desk-driver = Driver
desk-away = away
desk-planned = plan proposed
desk-elsewhere = Without a driver of ours
desk-free =
    { $count ->
        [one] One volunteer does not drive this week
       *[other] { $count } volunteers do not drive this week
    }
desk-slot = { $day } { $from } – { $to }
desk-slots-none = no hours noted
desk-plan-week = Propose a plan for the week
desk-plan-day = Propose a plan for this day
desk-plan-again = Propose a new plan
desk-plan-hint = This takes some seconds. A plan binds nobody: no driver is asked anything before you accept a line.
desk-plans-made =
    { $count ->
        [one] One plan is proposed: open the day to read it.
       *[other] { $count } plans are proposed: open each day to read them.
    }
desk-plan = Proposed plan
desk-plan-made = Proposed on { $name }.
desk-plan-made-done = Here is what is proposed. Nobody has been asked yet.
desk-plan-cut-short = The search stopped before its end: this is the best plan found so far.
desk-plan-sums = All rounds of the day: { $loaded } with a passenger, { $empty } empty.
desk-line-proposed = proposed
desk-line-accepted = driver asked
desk-line-over = decided meanwhile
desk-line-unfilled = to be filled
desk-line-drives =
    { $count ->
        [one] { $name } would drive this trip: setting out at { $start }, { $empty } empty.
       *[other] { $name } would drive these { $count } trips: setting out at { $start }, { $empty } empty.
    }
desk-line-nobody = Nobody can drive this trip that day.
desk-line-nearest = Nearest to it, { $name }: { $why }.
desk-line-company = Riding together, as the people have agreed: picked up at { $pickup }, { $ride } on the road instead of { $direct }.
desk-accept-all =
    { $count ->
        [one] Accept the line
       *[other] Accept the { $count } lines
    }
desk-accepted =
    { $count ->
        [one] Done: the driver of one trip is asked.
       *[other] Done: the drivers of { $count } trips are asked.
    }
desk-accepted-in-part = Trips whose driver is asked: { $asked }. Lines left: { $left } ({ $why }). Propose a new plan for what is left.
desk-accepted-nothing = Nothing new: these lines were accepted already.
desk-loads = Everybody’s kilometres over 28 days
desk-load-wished = Wished for
desk-load-before = Without this plan
desk-load-after = With this plan
desk-cannot-come = { $name } cannot come
desk-cannot-come-text =
    { $count ->
        [one] The absence of that day is noted. The trip asked or promised is free again, and a plan is proposed to give it to somebody else.
       *[other] The absence of that day is noted. The { $count } trips asked or promised are free again, and a plan is proposed to give them to somebody else.
    }
desk-cannot-come-do = Set free and propose a plan
desk-cannot-come-done =
    { $count ->
        [0] No trip had to be set free: here is what is proposed.
        [one] One trip is free again: here is what is proposed. Tell the person if the time changes.
       *[other] { $count } trips are free again: here is what is proposed. Tell the people if the time changes.
    }
desk-refusal-handover-changed-meanwhile = This page was out of date: nothing more was done. Here is where the handover stands; do it again if it is still what you want.
desk-refusal-plan-nothing = There is nothing to plan: no trip waits for a driver.
desk-refusal-plan-past = This day is past: it is not planned any more.
desk-refusal-plan-replaced = This day has been planned anew meanwhile: here is the new plan. Nothing was accepted.
desk-refusal-plan-unknown = No plan is proposed for this day.
desk-refusal-plan-roads = The roads of this plan are not known any more: propose a new plan. Nothing was accepted.
desk-refusal-plan-line-nobody = This line has no driver: open the trip to see what would have to change.

## Handovers
desk-tab-handovers = Handovers
desk-handovers = Handovers with the neighbours
desk-handover = Handover: { $name }
desk-handovers-open = Under way
desk-handovers-over = Over
desk-handovers-none = No handover.
desk-older = Older ones
desk-to-handover = See the handover
desk-not-joined = This platform has not joined a federation yet: there are no neighbours to hand trips over to.
desk-until = Before { $name }.
desk-unsure = uncertain
desk-some-neighbour = a neighbouring territory
desk-to-neighbours = offered to the neighbours
desk-to-neighbour = given to { $name }
desk-from-neighbour = from { $name }
desk-concern-lost = To be checked after a restore.
desk-other-desk = The other desk:
desk-owner-sending = The trip is yours: the offer is on its way to the neighbours.
desk-owner-ours = The trip is yours: it is offered to the neighbours, and none is chosen yet.
desk-owner-back = The trip is yours again: this handover is over.
desk-owner-unsure = It is not known yet whose trip this is: { $name } is chosen since { $since } and has not answered. Give it to nobody else before the answer.
desk-owner-theirs = { $name } carries this trip.
desk-owner-cancelled = The person does not travel: there is no trip to carry any more.
desk-owner-done = { $name } has carried this trip and accounted for it.
desk-owner-asked = The trip belongs to { $name }, who asks whether somebody of yours can carry it.
desk-owner-proposed = The trip belongs to { $name }: you have proposed yourselves, and the choice is not made yet.
desk-owner-declined = The trip belongs to { $name }: you have said no.
desk-owner-chosen = { $name } has chosen you: the trip stays with { $name } as long as you have not said yes, before { $until }.
desk-owner-unsure-theirs = It is not known yet whose trip this is: your answer of { $since } waits for that of the hub. Call { $name } if the time comes near.
desk-owner-carried = You carry this trip for { $name }.
desk-owner-carried-done = You have carried this trip for { $name } and accounted for it.
desk-owner-carried-cancelled = The person does not travel: { $name } has called this trip off.
desk-owner-over = This trip is not yours: this handover is over for you.
desk-offered = What is offered
desk-our-trips = In your planning
desk-fact-direction = Direction
desk-fact-needs = Needs
desk-fact-seats = Places
desk-fact-reply-by = Proposals until
desk-fact-accept-by = Answer before
desk-fact-circle = Shown to
desk-fact-next-circle = Shown more widely on
desk-fact-agreed-only = For territories with an agreement only
desk-fact-last-refusal = Last refusal by the hub
desk-moment-by = { $what } ({ $by })
desk-bids = Who proposes to carry it
desk-choose = Choose { $name }
desk-choose-done = It is sent: the neighbour that was chosen is told. The trip stays uncertain until the answer.
desk-who-of-ours = Who of yours can drive
desk-nobody-of-ours = Nobody of yours can drive this trip for now. See why below.
desk-propose = Propose { $name }
desk-propose-done = You have proposed yourselves: the neighbour chooses.
desk-unbid = Take your proposal back
desk-decline = Say no
desk-decline-done = It is noted: you do not propose yourselves.
desk-answer = Say yes or no
desk-accept = Yes, with { $name }
desk-accept-with = Say yes, with { $name }
desk-accept-done = You have said yes. The trip is yours as soon as the hub has recorded it.
desk-give-back-why = For what reason?
desk-refuse = Say no to it
desk-refuse-done = You have said no: the neighbour is told.
desk-release = Give this trip back
desk-release-do = Give the trip back to the other desk
desk-release-done = The trip is given back. It stays yours until the hub has recorded it.
desk-withdraw = Take the trip back
desk-withdraw-done = It is asked back. See below whose trip it is.
desk-cancel = The person does not travel
desk-cancel-text = The trips are called off here, and the other desk is told.
desk-cancel-do = Call the trips off
desk-cancel-done = The trips are called off.
desk-end = End of the handover
desk-looked-at = It is checked with the other desk
desk-looked-at-done = It is noted: this handover was checked.
desk-message = Write to the other desk
desk-message-text = Message
desk-message-hint = Read by the other desk only. Nothing medical.
desk-message-do = Send
desk-message-done = The message is on its way to the other desk.
desk-ask-change = Ask for another time
desk-ask-change-do = Ask
desk-ask-change-done = The question is on its way to the other desk: the time changes only if it says yes.
desk-change-trip = Which trip?
desk-change-note = Why
desk-change = A change waits for an answer
desk-change-own = You have asked for it: the other desk answers.
desk-change-forget = Ask for it no more
desk-change-without-driver = Even if your driver cannot: you will look for somebody else
desk-change-yes = Yes, it is possible
desk-change-no = No, nothing changes
desk-change-agreed = You have said yes: the time changes on both sides as soon as the hub has recorded it.
desk-change-not-agreed = Nothing changes.
desk-judge = Is the account right?
desk-countersign = Yes, it is right
desk-countersign-done = It is countersigned.
desk-dispute = Dispute it
desk-dispute-why = About what?
desk-dispute-words = What you have noted
desk-dispute-done = The dispute is on its way to the other desk. Call it to come to an agreement.
desk-settlement = What is to be settled
desk-leg-number = Trip { $number }
desk-amount = Amount
desk-month-state = Month
desk-refusal-handover-unknown = There is no handover at this address.
desk-refusal-handover-wrong-round = Things have changed meanwhile: here they are. Nothing was done.
desk-refusal-handover-wrong-state = Things have changed meanwhile: here they are. Nothing was done.
desk-refusal-handover-not-open = This handover does not wait for that any more. Nothing was done.
desk-refusal-handover-no-bid = There is no proposal to choose. Wait, or take the trip back.
desk-refusal-handover-under-way = The trip has begun already, or is handed over already.
desk-refusal-handover-details-missing = The details of the trip have not come yet, or could not be opened. Wait, or say no.
desk-refusal-handover-change-pending = Another change still waits for its answer. Wait for it, or ask for it no more.
desk-refusal-handover-no-such-change = This change is not asked for any more.
desk-refusal-handover-change-locked = The pickup is less than 24 hours away: call the other desk.
desk-refusal-handover-change-own = You have asked for this change yourselves: the other desk answers.
desk-refusal-handover-too-many-words = Many messages have been sent already: call the other desk.
desk-refusal-handover-nobody-to-tell = Nobody carries this trip for another right now: there is no other desk to tell.
desk-refusal-handover-not-lost = This handover is not to be checked any more.

## Registering a person
desk-register = Register a person
desk-register-text = Ask what a trip needs, and nothing more. Nothing medical.
desk-register-do = Register the person
desk-register-more = More: e-mail, year of birth, situation, internal note
desk-registered = The person is registered.
desk-who = Who is it?
desk-name = Name
desk-phone-hint = The number to call back, if the person has one.
desk-home-commune = Commune of residence
desk-home-address = Address
desk-needs = For the trip
desk-needs-which = Needs
desk-driver-notes-hint = What the driver should know: bell, floor, code. Nothing medical.
desk-internal-hint = For the desk only: never shown to a driver or a neighbour.
desk-not-said = not said
desk-tick-informed = The person was informed today of what is kept and why
desk-tick-objects = The person objects to being counted in statistics
desk-tick-outside = This commune is the right one, even outside the territory
desk-tick-duplicate = It is somebody else: register all the same
desk-alike = Registered already, and very like
desk-alike-file = Open the file
desk-need-name = Give the name.
desk-need-commune = Give the commune of residence.
desk-need-year = Write the year in digits, such as 1948, or leave it empty.
desk-refusal-person-duplicate = Somebody very like is registered already. Open that file; if it is somebody else, tick the box and send again. Nothing was written.
desk-refusal-commune-outside-territory = This commune is not in your territory. If that is meant, tick the box below.
desk-registered-already = Somebody was already registered from this form. If this is somebody else, send it once more.
desk-refusal-changed-meanwhile = This has changed meanwhile: open the page again to see what is noted now. Nothing was written.
desk-contact = Correct the contact details
desk-contact-do = Save
desk-contact-hint = Trips that nobody has yet follow the new address. Those that are promised stay, and you are told.
desk-contact-done =
    { $count ->
        [0] The contact details are corrected.
        [one] The contact details are corrected. One planned trip is concerned: see Today.
       *[other] The contact details are corrected. { $count } planned trips are concerned: see Today.
    }
desk-back = Back

## Volunteers
desk-tab-volunteers = Volunteers
desk-volunteers = Volunteers
desk-volunteer = The volunteer
desk-volunteers-count =
    { $count ->
        [0] No volunteer
        [one] One volunteer
       *[other] { $count } volunteers
    }
desk-expiring = Papers that have expired or are to be renewed
desk-expiring-none = No paper expires within two months.
desk-commune = Commune
desk-hours = Availability
desk-state = To know
desk-inactive = not asked any more
desk-away-until = away until { $name }
desk-paper-expired = a paper has expired
desk-paper-for-ever = does not expire
desk-paper-expired-on = expired on { $name }
desk-paper-until = valid until { $name }
desk-paper-seen = seen on { $name }
desk-papers = Papers
desk-papers-none = No paper is noted.
desk-paper = Paper
desk-paper-vehicle = Of which vehicle, for a roadworthiness test?
desk-seen-on = Seen on
desk-seen-on-hint = Leave empty for today.
desk-valid-until = Last day it is valid
desk-valid-until-hint = Leave empty if it does not expire.
desk-note-paper = Note a paper that was seen
desk-note-paper-do = Note this paper
desk-paper-done = The paper is noted.
desk-absences = Absences
desk-absences-none = No absence to come.
desk-absence-first = First day
desk-absence-last = Last day
desk-note-absence = Note this absence
desk-absence-done =
    { $count ->
        [0] The absence is noted.
        [one] The absence is noted. One promised trip does not fit any more: see Today.
       *[other] The absence is noted. { $count } promised trips do not fit any more: see Today.
    }
desk-coming-week = The coming week
desk-vehicles = Vehicles
desk-accepts = Needs accepted
desk-max-trip = Longest trip
desk-trips-per-week = Trips a week, at most
desk-hours-per-week = Hours a week, at most
desk-refusal-absence-format = Give the first day of the absence, and the last if it is longer.
desk-refusal-absence-order = The last day is before the first.
desk-refusal-date-format = This date is not complete.
desk-refusal-document-vehicle = Say of which vehicle this roadworthiness test is.

## Registering a volunteer
desk-welcome = Register a volunteer
desk-welcome-text = How to reach the volunteer, with what car, for whom and when. Papers (licence, insurance…) are noted on the volunteer’s page afterwards, once you have seen them.
desk-welcome-do = Register this volunteer
desk-welcomed = The volunteer is registered. Note here the papers that you have seen.
desk-accepts-which = Whom does the volunteer drive?
desk-car = The car
desk-seats = Seats for passengers
desk-wheelchairs = Places for a wheelchair
desk-fiscal-power = Fiscal horsepower (CV)
desk-fiscal-power-hint = On the registration document, P.6. Of use for expenses.
desk-tick-electric = It is electric
desk-welcome-week = When the volunteer can drive
desk-welcome-week-hint = Leave empty a day without driving.
desk-hours-from = { $name } from
desk-hours-to = { $name } until
desk-tick-standing_yes = The volunteer may be given a trip without being asked each time
desk-need-number = Write a number.
desk-need-hours = Give both hours of that day, or none.
