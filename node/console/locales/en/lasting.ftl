# The console: referrals, series, loans and the fleet, pathways.

## Navigation
lasting-tab-referrals = Referrals
lasting-tab-series = Series
lasting-tab-pathways = Pathways
lasting-tab-loans = Loans
lasting-tab-fleet = Fleet

## In common
lasting-who = For whom
lasting-why = Reason
lasting-notes = Notes
lasting-on = On
lasting-day-hint = Leave it empty for today.
lasting-from-day = From
lasting-from-time = At
lasting-until-day = Until
lasting-until-time = At
lasting-since = since { $name }
lasting-at-home = at home
lasting-weekday-mon = Monday
lasting-weekday-tue = Tuesday
lasting-weekday-wed = Wednesday
lasting-weekday-thu = Thursday
lasting-weekday-fri = Friday
lasting-weekday-sat = Saturday
lasting-weekday-sun = Sunday
refusal-kilometres-format = Write the kilometres in figures, such as 48 210 or 48 210.4.
refusal-sum-format = Write the sum in euros, such as 12 or 12.50.
refusal-thing-not-chosen = Choose from the list first.
refusal-outcome-not-chosen = Choose how the pathway ended.
lasting-refusal-date-format = This date is not complete.
lasting-refusal-day-format = This day is not complete: give day, month and year.
lasting-refusal-time-format = Give day and time, or leave both empty.
lasting-refusal-purpose-unknown = Choose the purpose.
lasting-refusal-request-id-reused = This form was saved already, and changed since. If this is something else, send it once more.

## Referrals
lasting-referral = Referral
lasting-referral-name = Referral { $name }
lasting-referrals = Referrals
lasting-referrals-own = Your referrals
lasting-referrals-text = The people whom prescribers send you. Call them, then open a pathway or say that you cannot help.
lasting-referrals-text-own = The people you have referred to the platform, and what became of it. You see nothing else, and nobody but the platform sees your cases.
lasting-referrals-received = Waiting for a call
lasting-referrals-under-way = Under way
lasting-referrals-over = Over
lasting-referrals-none = None.
lasting-referral-row = sent on { $since }
lasting-referral-row-named = { $name } · sent on { $since }
lasting-referral-ended = { $state }: { $outcome }
lasting-referral-back = ← All referrals
lasting-referral-made = Sent on
lasting-referral-new = Refer somebody
lasting-referral-new-text = Say only whom to call: the platform speaks with the person about what is needed and where to. Write neither an illness nor a reason.
lasting-referral-case = Your case
lasting-referral-person = The person
lasting-reference = Your reference
lasting-reference-of = Reference
lasting-reference-hint = A number of yours that says nothing about the person.
lasting-prescriber = Prescriber
lasting-prescriber-none = came unsent
lasting-agrees = The person agrees to be called by the platform
lasting-need-reference = Give a reference by which you will find this case again.
lasting-need-phone = Give the number on which the person can be called.
lasting-need-agreement = Ask the person first: nobody is referred without agreeing.
lasting-refusal-referral-not-agreed = Ask the person first: nobody is referred without agreeing.
lasting-refusal-referral-commune = There is no such commune. Choose it from the list.
lasting-refusal-referral-decided = This referral is “{ $referral_state }” already: it is decided once.
lasting-refusal-referral-decline-unknown = Choose a reason from the list.
lasting-referral-do = Refer this person
lasting-referral-done = The platform has your referral and will call the person.
lasting-referral-open-page = see the referral
lasting-referral-accept = Take it on
lasting-referral-accept-text = A file is opened with what the prescriber gave, and a pathway begins.
lasting-referral-accept-do = Open a pathway
lasting-referral-find = The person has a file already
lasting-referral-find-text = Find the file, so that the pathway belongs to it.
lasting-referral-find-do = Find
lasting-referral-alike = Is it one of these people?
lasting-referral-duplicate = Somebody very like is known already. Say whether it is the same person: nothing was written yet.
lasting-referral-same = It is this person: open the pathway
lasting-referral-nobody = None of them
lasting-referral-other = It is somebody else: open a new file
lasting-referral-decline = We cannot help
lasting-referral-decline-text = The prescriber learns the reason and nothing more. The person’s contact is erased.
lasting-referral-decline-do = Decline
lasting-referral-withdraw = Take this referral back
lasting-referral-withdraw-text = The person’s contact is erased. Nobody will call.
lasting-referral-withdraw-do = Take it back
lasting-referral-accepted = The referral is taken on: here is the pathway.
lasting-referral-declined = The referral is declined. The prescriber sees why.
lasting-referral-withdrawn = The referral is taken back.

## Series
lasting-series = Series
lasting-series-one = Series
lasting-series-of = Series of the person
lasting-series-text = What comes again every week. The trips make themselves some weeks ahead.
lasting-series-running = Running
lasting-series-none = No series is running.
lasting-series-over = Ended
lasting-series-unmade = Days that could not be made
lasting-series-new = New series
lasting-series-new-text = The same request on several days: the trips make themselves, and each day can still be changed.
lasting-series-make = Make the series
lasting-from-request = Comes every week: make it a series
lasting-series-which-days = Which days
lasting-series-on = Days
lasting-series-first = From
lasting-series-last = Until
lasting-series-until-hint = Leave it empty if no end is set.
lasting-every-weeks = Every … weeks
lasting-every-weeks-hint = 1 for every week, 2 for every other.
lasting-public-holidays = On public holidays
lasting-school-holidays = In school holidays
lasting-need-weekdays = Tick at least one day of the week.
lasting-series-row = { $days } · { $place } · { $time } · { $purpose }
lasting-series-days =
    { $weeks ->
        [one] { $days }
       *[other] { $days }, every { $weeks } weeks
    }
lasting-series-there-by = there by { $name }
lasting-series-fetched-at = fetched at { $name }
lasting-series-back-call = { $name }, back when called
lasting-series-back-at = { $there }, back at { $time }
lasting-series-time = Times
lasting-series-times =
    { $count ->
        [one] once
       *[other] { $count } times
    }
lasting-series-open-end = no end set
lasting-series-next = next: { $name }
lasting-series-not-soon = nothing within three weeks
lasting-series-all = ← All series
lasting-series-is-running = running
lasting-series-is-over = ended
lasting-series-follows = Continues
lasting-series-former = the series before
lasting-series-coming = The coming six weeks
lasting-series-coming-none = No day in the coming six weeks.
lasting-series-different = Later, other than usual
lasting-series-moved = moved to { $name }
lasting-series-skip = Does not go on { $name }
lasting-series-keep = Goes all the same on { $name }
lasting-series-as-usual = As usual on { $name }
lasting-series-made =
    { $failed ->
        [0] The series is made, with { $made } trips for the coming weeks.
       *[other] The series is made, with { $made } trips. Days that could not be made: { $failed }. Look at them below.
    }
lasting-series-day-done =
    { $left ->
        [0] Noted. Trips made: { $made }, called off: { $cancelled }.
       *[other] Noted. Trips left as they were, since somebody has decided already: { $left }. Open them to change them.
    }
lasting-series-end = End the series
lasting-series-end-text = The trips from that day on are called off, but those for which a driver was asked already.
lasting-series-end-from = First day without a trip
lasting-series-end-hint = The series ends on the day before.
lasting-series-even-decided = Call off the trips for which somebody was asked already, too
lasting-series-end-do = End the series
lasting-series-end-done =
    { $left ->
        [0] The series ends. Trips called off: { $cancelled }.
       *[other] The series ends. Trips called off: { $cancelled }. Left as they were, since somebody has decided already: { $left }. Open them to call them off.
    }
lasting-refusal-series-weekdays = Tick at least one day of the week.
lasting-refusal-series-no-such-day = { $day } is not a day of this series: choose one from the list.
lasting-refusal-series-time = The time is not complete.

## Fleet
lasting-fleet = Fleet
lasting-fleet-back = ← The whole fleet
lasting-fleet-text = The vehicles of the platform: those it lends and those it drives.
lasting-fleet-due = Due within two months
lasting-fleet-due-none = No insurance, inspection or service is due within two months.
lasting-fleet-count =
    { $count ->
        [one] One vehicle
       *[other] { $count } vehicles
    }
lasting-fleet-none = No vehicle is in the fleet.
lasting-fleet-gone = Left the fleet
lasting-fleet-new = Add a vehicle
lasting-fleet-new-text = Only name and kind are needed; the rest can be noted later.
lasting-fleet-add = Add it to the fleet
lasting-fleet-added = The vehicle is in the fleet.
lasting-fleet-dates = What is due
lasting-fleet-terms = Terms of a loan
lasting-label = What you call it
lasting-plate-hint = Such as AB-123-CD.
lasting-seats-hint = The driver’s included.
lasting-rate-none = free
lasting-rate-per = Counted
lasting-euros-hint = In euros, such as 12.50.
lasting-refusal-asset-category-unknown = Choose the kind of vehicle.
lasting-refusal-asset-ownership-unknown = Say whose it is.
lasting-refusal-asset-rate-unknown = Say by what the contribution counts.
lasting-due-by = by { $name }
lasting-due-since = late since { $name }
lasting-due-in = in { $name }
lasting-due-driven = kilometres exceeded
lasting-seats =
    { $count ->
        [one] one seat
       *[other] { $count } seats
    }
lasting-is-lent = lent
lasting-out-of-service = out of service: { $name }
lasting-asset = Vehicle
lasting-category = Kind
lasting-asset-seats = Seats
lasting-plate = Plate
lasting-ownership = Whose it is
lasting-odometer = Odometer
lasting-insurance_until = Insurance until
lasting-inspection_due = Inspection by
lasting-service_due = Service by
lasting-service-due-km = Service at
lasting-asset-rate = Contribution
lasting-rate = { $sum } { $per }
lasting-deposit = Deposit
lasting-retired-on = Left the fleet on
lasting-asset-loans = Loans now and to come
lasting-asset-loans-none = Nobody has it and nobody waits for it.
lasting-asset-returned = Past loans
lasting-asset-outages = Out of service
lasting-asset-history = What happened
lasting-kilometres = Kilometres on the odometer
lasting-kilometres-hint = In figures, such as 48 210.
lasting-asset-odometer = Read the odometer
lasting-asset-odometer-text = An odometer never runs backwards.
lasting-asset-odometer-do = Note the reading
lasting-asset-odometer-done = The reading is noted: { $name }.
lasting-asset-dates = Change what is due
lasting-asset-dates-text = Beyond its insurance or inspection, the vehicle cannot be booked.
lasting-asset-dates-do = Note what is due
lasting-asset-dates-done = What is due is noted.
lasting-asset-withdraw = Take out of service
lasting-asset-withdraw-text = Without dates: from now until further notice.
lasting-asset-withdraw-do = Take out of service
lasting-asset-withdraw-done =
    { $count ->
        [0] The vehicle is noted as out of service.
        [one] The vehicle is noted as out of service. One loan is planned all the same: call the person.
       *[other] The vehicle is noted as out of service. { $count } loans are planned all the same: call the people.
    }
lasting-asset-restore = Put back into service
lasting-asset-restore-text = It is in service again from now on.
lasting-asset-restore-do = Put back into service
lasting-asset-restore-done = The vehicle is in service again.
lasting-act-asset-add = entered into the fleet
lasting-act-asset-update = file changed
lasting-act-asset-odometer = odometer read
lasting-act-asset-withdraw = taken out of service
lasting-act-asset-restore = put back into service
lasting-act-asset-retire = left the fleet
lasting-act-loan-book = booked
lasting-act-loan-move = loan moved
lasting-act-loan-hand-out = handed out
lasting-act-loan-extend = loan made longer or shorter
lasting-act-loan-take-back = brought back
lasting-act-loan-close = loan settled
lasting-act-loan-cancel = loan called off
lasting-refusal-asset-date = This date is not complete.
lasting-refusal-asset-out-of-service = Out of service ({ $outage }) from { $since } to { $until }.
lasting-refusal-asset-lapses = It ends before the loan does: { $upkeep }, { $until }. The law forbids driving after it.
lasting-refusal-asset-retired = It left the fleet on { $since }.
lasting-refusal-asset-outage-unknown = Choose a reason from the list.
lasting-refusal-odometer-missing = The contribution goes by kilometres: read the odometer.

## Loans
lasting-loan = Loan
lasting-loans = Loans
lasting-loan-back = ← All loans
lasting-loans-text = What is to be booked, handed out, taken back and settled.
lasting-loans-late = Late
lasting-loans-out = Out
lasting-loans-returned = Back, to be settled
lasting-loans-booked = Booked
lasting-loans-asked = Asked for, to be booked
lasting-loans-none = None.
lasting-loan-late = late
lasting-loan-new = Lend a vehicle
lasting-loan-new-text = Note what the person wishes first; the next page tells what is free.
lasting-loan-what = What
lasting-loan-notes-hint = What the desk should know.
lasting-loan-ask = See what is free
lasting-loan-asked = The wish is noted. Now choose from what is free.
lasting-need-category = Choose the kind of vehicle.
lasting-loan-moments = What became of it
lasting-loan-was-asked = Asked for
lasting-loan-was-handed-out = Handed out
lasting-loan-was-taken-back = Brought back
lasting-loan-was-closed = Settled
lasting-loan-was-cancelled = Called off
lasting-loan-not-free = What is not free, and why
lasting-loan-nothing-free = Nothing is free then
lasting-loan-book = Book a vehicle
lasting-loan-book-text = What is free then; the kind that was wished for first.
lasting-loan-book-do = Book this vehicle
lasting-loan-book-done = The vehicle is booked.
lasting-condition = Condition
lasting-papers = Papers seen
lasting-deposit-hint = Agreed: { $name }. Leave it empty if that was left.
lasting-out-notes = Noted together
lasting-out-notes-hint = Scratches, fuel, accessories.
lasting-loan-hand-out = Hand the vehicle out
lasting-loan-hand-out-text = Walk around the vehicle with the person before you note it.
lasting-loan-hand-out-do = The vehicle is handed out
lasting-loan-hand-out-done = Noted: the person has the vehicle.
lasting-loan-extend = Make it longer or shorter
lasting-loan-extend-text = The new end of the loan.
lasting-loan-extend-do = Change the end
lasting-loan-extend-done = The end of the loan is changed.
lasting-damage = Damage
lasting-damage-hint = Leave it empty if there is none.
lasting-back-day = Brought back on
lasting-back-time = At
lasting-back-day-hint = Leave it empty for now.
lasting-loan-take-back = Take the vehicle back
lasting-loan-take-back-text = Walk around the vehicle with the person before you note it.
lasting-loan-take-back-do = The vehicle is back
lasting-loan-take-back-done = Noted. The person’s contribution by the rate: { $name }. The loan is left to be settled.
lasting-contribution = The person’s contribution
lasting-contribution-hint = By the rate: { $name }. Leave it empty if that is it.
lasting-deposit-kept = Kept of the deposit
lasting-deposit-kept-hint = Left as a deposit: { $name }. Leave it empty if all of it is given back.
lasting-loan-close = Settle the loan
lasting-loan-close-text = What the person owes is noted in the books. Nothing is paid here.
lasting-loan-close-do = Settle the loan
lasting-loan-close-done = The loan is settled and noted in the books.
lasting-loan-cancel = Call the loan off
lasting-loan-cancel-text = The vehicle is free again.
lasting-loan-cancel-do = Call the loan off
lasting-loan-cancel-done = The loan is called off.
lasting-refusal-loan-taken = Taken already from { $since } to { $until }; the time to hand over comes on top.
lasting-refusal-loan-still-out = It is not back yet. Note first that it is.
lasting-refusal-loan-wrong-state = This loan is “{ $loan_state }”: the page was out of date. Nothing was written.
lasting-refusal-loan-document-missing = Missing: { $document }. Without it the vehicle is not handed out.
lasting-refusal-loan-document-unknown = Choose the papers from the list.
lasting-refusal-loan-condition-unknown = Say how it looks.
lasting-refusal-loan-cancelled-unknown = Choose a reason from the list.
lasting-refusal-loan-order = These times do not follow one another, or have not come yet.

## Pathways
lasting-pathway = Pathway
lasting-pathways = Pathways
lasting-pathway-back = ← All pathways
lasting-pathways-text = What the platform does with a person, from the beginning to the end.
lasting-pathways-due = To be called within two weeks
lasting-pathways-due-none = Nobody is to be called within two weeks.
lasting-pathways-open = Going on
lasting-pathways-none = No pathway is going on.
lasting-pathways-over = Ended
lasting-pathway-row = begun on { $name }
lasting-pathway-row-next = begun on { $entered } · call at { $milestone }: { $on }
lasting-pathway-row-over = ended on { $on } · { $outcome }
lasting-pathway-late = call is late
lasting-pathway-new = Open a pathway
lasting-pathway-new-text = For somebody who came unsent. A person who was referred has a pathway as soon as the referral is taken on.
lasting-pathway-begin = Beginning
lasting-pathway-entered = Begun on
lasting-pathway-notes-hint = For the desk alone: the prescriber never sees it.
lasting-pathway-do = Open the pathway
lasting-pathway-opened = The pathway is open.
lasting-pathway-open-page = see the pathway
lasting-pathway-stage = Stage
lasting-pathway-outcome = Outcome
lasting-pathway-next-call = Next call
lasting-pathway-call = at { $milestone }, { $on }
lasting-pathway-moments = Time line
lasting-pathway-was-entered = Begun
lasting-pathway-was-diagnosed = Diagnosis
lasting-pathway-was-agreed = Basket agreed
lasting-pathway-was-called = Call
lasting-pathway-heard = at { $milestone }: { $heard }
lasting-pathway-was-ended = Ended
lasting-pathway-basket = Basket of services
lasting-pathway-basket-none = Nothing is in the basket yet.
lasting-pathway-take-out = Take out: { $name }
lasting-pathway-take-out-done = It is out of the basket.
lasting-pathway-put-done = It is in the basket.
lasting-pathway-diagnose = Note the diagnosis
lasting-pathway-diagnose-text = The situation was looked at with the person.
lasting-pathway-diagnose-do = Note the diagnosis
lasting-pathway-diagnose-done = The diagnosis is noted.
lasting-pathway-advice = Appointment for advice
lasting-pathway-no-advice = none in the books
lasting-pathway-advice-of = advice of { $name }
lasting-pathway-item = What
lasting-pathway-put = Put into the basket
lasting-pathway-put-text = A request, a series, a loan or a service of the person.
lasting-pathway-put-do = Put into the basket
lasting-pathway-agree = Agree on the basket
lasting-pathway-agree-text = Follow-up calls count from that day.
lasting-pathway-agree-do = The basket is agreed
lasting-pathway-agree-done = The basket is agreed.
lasting-pathway-milestone = Call planned at
lasting-pathway-how = How things are
lasting-pathway-follow-up = Note a follow-up call
lasting-pathway-follow-up-text = An answer that is noted stays; a call that reached nobody can be made again.
lasting-pathway-follow-up-do = Note the call
lasting-pathway-follow-up-done = The call is noted.
lasting-pathway-exit = End the pathway
lasting-pathway-exit-text = The prescriber learns the outcome and nothing more.
lasting-pathway-exit-do = End the pathway
lasting-pathway-exit-done = The pathway is over.
lasting-pathway-note = Notes of the desk
lasting-pathway-note-text = They take the place of those before.
lasting-pathway-note-do = Keep the notes
lasting-pathway-note-done = The notes are kept.
lasting-refusal-pathway-open-already = This person has an open pathway already. Go on with that one, or note its end first.
lasting-refusal-pathway-wrong-stage = This pathway is “{ $stage }”: the page was out of date. Nothing was written.
lasting-refusal-pathway-basket-empty = The basket is empty: put something in first, or note the end.
lasting-refusal-pathway-basket = It is in the basket already, or is not any more.
lasting-refusal-pathway-no-diagnosis = This appointment was not held yet: a diagnosis does not rest on it.
lasting-refusal-milestone-unknown = Choose what the call is for.
lasting-refusal-outcome-unknown = Choose how things are.
