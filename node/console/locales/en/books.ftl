# Money, obligations and lists to print.
books-tab-money = Money
books-tab-obligations = Obligations
books-others = Other periods
books-leave = Do nothing
books-open = Open
books-first =
    { $count ->
        [one] To be seen to first
       *[other] To be seen to first: { $count } points
    }

## A month
books-month = Money: { $name }
books-month-before = ← The month before
books-month-present = This month
books-month-after = The month after →
books-month-text = What was booked in that month. Maillage records money; it moves none. Each sum leads to what it is made of.
books-month-runs = The month is not over: these figures will still change.
books-back = ← Money
books-back-month = ← { $name }
books-moved-due = Due from people
books-moved-received = Paid by people
books-moved-written-off = Given up by the platform
books-moved-refunded = Given back to people
books-moved-remitted = Handed over by volunteers
books-moved-spent = Volunteers’ expenses to be paid back
books-moved-reimbursed = Paid back to volunteers
books-moved-waived = Given up by volunteers
books-entries =
    { $count ->
        [0] no entry
        [one] one entry
       *[other] { $count } entries
    }
books-entries-none = No entry.
books-behind = { $what }, { $month }
books-behind-text = Each line is an entry. One that takes another back counts less than nothing. That you looked is noted in the journal of access.
books-total = Total
books-total-month = Total of the month
books-day = Day
books-who = Who
books-with = With
books-note = Note
books-sum = Amount
books-what = What
books-which = Which
books-id = Identifier
books-number = Number
books-export-contributions = Table of contributions
books-export-payments = Table of payments
books-export-statements = Table of statements
books-export-waivers = Table of waivers
books-export-receipts = Table of receipts
books-who-pays = Who pays for the trips of the month
books-people = Beneficiaries
books-carrier = Association or authority
books-volunteers = Volunteers
books-shares = Beneficiaries: { $people } · association or authority: { $carrier } · volunteers: { $volunteers }
books-trips =
    { $count ->
        [one] one trip
       *[other] { $count } trips
    }
books-shares-table = Who pays what, by participation model
books-shares-none = No trip was completed and costed in that month.
books-model = Model
books-trips-number = Trips
books-cost = Cost
books-statements = Volunteers’ statements
books-statements-none = Nothing to be stated for that month.
books-to-close = to be closed
books-volunteer = Volunteer
books-standing = Standing
books-basis = Basis
books-counted = Kilometres counted
books-loaded = With the person
books-empty = Without
books-mileage = Mileage
books-expenses = Other expenses
books-per-kilometre = { $name } a km

## Who owes what
books-owed = Who owes what today
books-owed-text = The balances of all accounts, at this moment. That you looked is noted in the journal of access.
books-by-people = Owed by people
books-by-people-text = contributions not paid yet
books-to-people = Paid too much
books-to-people-text = to be given back, or kept in advance
books-to-volunteers = Owed to volunteers
books-to-volunteers-text = closed statements not paid back yet
books-by-volunteers = To be handed over by volunteers
books-by-volunteers-text = taken from people and not handed over yet
books-owing =
    { $count ->
        [0] Beneficiaries
        [one] One beneficiary
       *[other] { $count } beneficiaries
    }
books-owing-none = Nobody owes anything, and nobody has paid too much.
books-owing-all = Show everybody
books-volunteers-none = Nothing is owed to a volunteer, nor by one.

## An account
books-account = Account
books-account-driver = Account of a volunteer
books-account-of = Account: { $name }
books-file = The file
books-back-owed = ← Who owes what
books-back-account = ← The account
books-owes = owes { $name }
books-has-credit = has paid { $name } too much
books-is-even = even
books-is-owed = to be paid back: { $name }
books-since-ever = Since the beginning
books-owed-now = Owes today
books-owed-to-driver = To be paid back today
books-to-hand-over = Taken from people, to be handed over
books-lines = Lines
books-owed-after = Owes then
books-owed-to-after = To be paid back then
books-became = What next
books-line = { $what } · { $detail }
books-line-back = taken back: { $what } · { $detail }
books-source-trip = a trip
books-source-loan = a loan
books-source-service = a service
books-source-membership = membership { $name }
books-source-donation = free donation
books-reason-hardship = the person cannot pay
books-reason-deceased = the person has died
books-reason-unreachable = the person cannot be reached any more
books-reason-goodwill = a gesture of the platform
books-reason-trifle = too little to be asked for
books-statement = Statement
books-taken-back = taken back by { $name }
books-receipted = receipt { $name }
books-receipt-line = Give a receipt for { $name }
books-counter-line = Take { $name } back
books-waiting = Waiting for a statement
books-waiting-none = Nothing waits.
books-month-heading = Month
books-lines-number = Lines
books-expenses-waiting = Expenses that wait
books-remove-expense-line = Take this expense out
books-closed-statements = Closed statements
books-closed-none = No statement is closed.

## The forms
books-field-amount = Amount, in euros
books-amount-hint = For example 12.50.
books-amount-unread = Write an amount like 12.50, with two decimals at most.
books-field-day = Day
books-day-hint = Empty: today.
books-field-method = By what
books-field-collector = Who took the money?
books-collected-desk = the desk
books-field-note = Note
books-note-hint = Optional; it stays in the books.
books-field-source = What for?
books-due-membership = membership of a year
books-due-donation = free donation
books-field-year = Year
books-year-hint = For example 2026.
books-field-reason = Why?
books-field-association = In the books of which association?
books-association-usual = the usual books
books-field-kind = What was it for?
books-field-basis = Basis
books-proof = The proof was seen
books-expense-day-hint = The day it was spent.
books-expense-note-hint = Needed for a correction: say why.
books-cancel-hint = Needed: say why the receipt is cancelled.
books-waive-hint = The day of the signature: it decides the year of the gift.
books-not-sure = Nothing was done: tick the box to confirm.
books-pay = Note a payment
books-pay-text = Note what the person has paid. More than is owed becomes an advance.
books-pay-do = Note this payment
books-pay-done = It is noted: { $name } received.
books-due = Note something due
books-due-text = A membership or a donation. A trip or a loan books itself when it is over.
books-due-do = Note this amount
books-due-done = It is noted: { $name } to be paid.
books-refund = Give back what was paid too much
books-refund-text = Note what the person was given back, at most what was paid too much.
books-refund-do = Note that it was given back
books-refund-done = It is noted: { $name } given back.
books-refund-sure = Yes, this money was given back to the person.
books-write-off = Give a claim up
books-write-off-text = The platform gives up all or a part of what the person owes. The entry stays visible in the books.
books-write-off-do = Give this amount up
books-write-off-done = It is noted: the platform gives { $name } up.
books-write-off-sure = Yes, the platform gives this amount up.
books-remit = Note what was handed over
books-remit-text = Note what the volunteer has handed over of the money taken from people.
books-remit-do = Note that it was handed over
books-remit-done = It is noted: { $name } handed over.
books-expense = Note an expense
books-expense-text = A toll, a car park or something else with a proof; or the correction of a statement that is closed. It goes into the next statement.
books-expense-do = Note this expense
books-expense-done = It is noted: { $name }, waiting for a statement.
books-remove-expense = Take an expense out
books-remove-expense-text = The expense goes out of what waits; no statement has taken it yet.
books-remove-expense-do = Take this expense out
books-remove-expense-done = The expense is taken out.
books-remove-expense-sure = Yes, take this expense out.
books-waiver = Give the tax receipt of a year
books-waiver-text = The receipt counts every statement that the volunteer has given up by a signature of that year and that no receipt counts yet.
books-waiver-do = Give this receipt
books-waiver-done = Receipt { $name } is given.
books-waiver-sure = Yes: the receipt takes a number and will not change any more.
books-receipt = Give a receipt
books-receipt-text = The receipt takes the next number and does not change any more; only a credit note cancels it.
books-receipt-do = Give this receipt
books-receipt-done = Receipt { $name } is given: it is on the line of the payment.
books-counter = Take an entry back
books-counter-text = Nothing is wiped out of the books: an entry the other way round is added today.
books-counter-do = Take this entry back
books-counter-done = The entry is taken back by { $name }.
books-counter-sure = Yes, take this entry back.
books-cancel = Cancel this receipt
books-cancel-text = A numbered credit note cancels the receipt. Both stay in the books.
books-cancel-do = Cancel this receipt
books-cancel-done = The receipt is cancelled by credit note { $name }.
books-cancel-sure = Yes, cancel this receipt.
books-reimburse = Note that it was paid back
books-reimburse-text = Note the day, and by what the association has paid this statement back.
books-reimburse-do = Note that it was paid back
books-reimburse-done = It is noted: statement { $name } is paid back.
books-waive = Note that it was given up
books-waive-text = The volunteer has signed that this statement is given up, and left as a gift.
books-waive-do = Note that it was given up
books-waive-done = It is noted: statement { $name } is given up.
books-undo = Undo
books-undo-text = It was noted by mistake that the statement was paid back or given up: it is simply closed again, and entries the other way round are added.
books-undo-do = Undo
books-undo-done = Statement { $name } is open again.
books-undo-sure = Yes, it was noted by mistake.
books-close = Close this statement
books-close-text = A closed statement takes a number and does not change any more: what comes late goes into the next.
books-close-do = Close this statement
books-close-done = Statement { $name } is closed.
books-close-sure = Yes, close this statement for good.
books-sign = Sign this month
books-sign-text = You sign both directions of the month as your books have them now; the other member receives them.
books-sign-do = Sign and send
books-sign-done = { $name } is signed, and on its way to the other member.
books-sign-sure = Yes, I have read the lines of this month.
books-correct = Put right
books-correct-text = The line of your books changes; the trip itself and the statistics stay as they are.
books-correct-do = Put this line right
books-correct-done = The line of { $name } is put right.
books-field-result = What became of it
books-result-driven = driven
books-result-no-show = the person was not there
books-result-at-the-door = called off at the door
books-result-nothing = nothing to settle
books-result-as-the-other = as the other has signed it
books-field-loaded = Kilometres with the person
books-field-empty = Kilometres without
books-kilometres-hint = Empty: unchanged.
books-field-collected = Collected from the person, in euros
books-collected-hint = Empty: unchanged.
books-refusal-expense-without-proof = An expense is noted once its proof was seen: ask for it, then tick the box.
books-refusal-money-code-unknown = Choose one of the values that are offered.
books-refusal-issuer-missing = It is not known yet which organisation gives the receipts. Whoever hosts the platform notes it once and for all.
books-refusal-issuer-without-quality = The organisation gives no tax receipts. Ask its accountant.
books-refusal-settlement-cannot-reckon = A line names a version of the agreement that we do not have. Call the other member.
books-refusal-settlement-too-many-lines = This month has too many lines to be signed here. Settle it by the table.
books-refusal-settlement-line-unknown = Neither you nor the other has a line for this trip in this month.
books-refusal-settlement-line-not-driven = Kilometres or a contribution go with a trip that was driven alone.
books-refusal-request-id-reused = This form was sent before, with something else in it. Look at the account; if it is meant, send it again.
books-refusal-request-id-gone = This form was sent before, and what it noted is not there any more. Look at the account, then send it again.
books-refusal-changed-meanwhile = The books have changed since you read them: go back to the month, read it again, then sign.

## A statement
books-statement-of = Statement, { $name }
books-back-statement = ← The statement
books-draft = not closed yet
books-draft-runs = This statement cannot be closed now: the month is not over, or there is nothing to state.
books-statement-empty = Nothing to be stated.
books-arrears = of a month before
books-print-statement = Statement to print and sign
books-paid-on = { $day }, { $method }
books-waived-on = given up, signed on { $name }
books-closed-at = Closed on
books-settled = Settled
books-tax-receipt = Tax receipt
books-signed = Signed on

## Receipts
books-back-receipt = ← The receipt
books-receipt-facts = The receipt
books-issuer = Organisation
books-issuer-address = Its address
books-recipient = Given to
books-recipient-address = Address

## Months with other members
books-members = Months with other members
books-member = Member
books-member-phone = Phone of the other desk
books-we-carried = We carried
books-they-carried = The other carried
books-net = Balance in our favour
books-with-member = Month with { $member }, { $month }
books-with-member-text = What each owes the other for trips handed over under an agreement. No person is in it.
books-back-settlement = ← The month
books-trouble = Trouble
books-last-refusal = Last refusal by the hub
books-handover = Handover
books-lines-none = No line.
books-differences = Where the other has signed something else
books-difference = Difference
books-ours = By our books
books-theirs = By the other’s
books-table = Table (CSV)

## Obligations
books-return = Return to the prefect { $name }
books-return-of = Association: { $name }
books-back-return = ← Return { $name }
books-back-obligations = ← Obligations
books-return-facts = The figures of the return
books-return-form = Form to print and sign
books-return-runs = year not over; due before { $name }
books-return-due = due before { $name }
books-return-over = was due before { $name }
books-missing-carrier-kind = missing
books-missing-carrier = No association is declared
books-missing-carrier-do = Only an association may organise social transport: whoever administers the platform declares it.
books-missing-undecided-kind = to be looked at
books-missing-undecided =
    { $count ->
        [one] One trip outside every frame that nobody signed for
       *[other] { $count } trips outside every frame that nobody signed for
    }
books-missing-undecided-do = They are not in the return. Open them: have the frame decided anew, or sign an exception with its reason.
books-missing-verify-kind = to be verified
books-missing-verify =
    { $count ->
        [one] One trip whose frame has to be verified
       *[other] { $count } trips whose frame has to be verified
    }
books-missing-verify-do = They are not in the figures. Complete the files of the people (residence, resources), then have the frame decided anew.
books-missing-headcount-kind = missing
books-missing-headcount = The association’s numbers of people for this year are not noted
books-missing-headcount-do = Employees, volunteers and members: whoever administers the platform completes the association’s file.
books-missing-uncosted-kind = to be verified
books-missing-uncosted =
    { $count ->
        [one] The contribution of one trip is not known
       *[other] The contributions of { $count } trips are not known
    }
books-missing-uncosted-do = The sum of contributions does not count them.
books-missing-papers-kind = expires
books-missing-papers =
    { $count ->
        [one] One paper of a volunteer expires within 60 days, or has expired
       *[other] { $count } papers of volunteers expire within 60 days, or have expired
    }
books-missing-papers-do = A volunteer with an expired paper is not proposed any more. Ask for the new one, then note it in the file.
books-figure = { $what }: { $year }
books-figure-text = What this figure is made of, by identifiers. Opening a page is noted as usual.
books-items =
    { $count ->
        [0] Nothing
        [one] One item
       *[other] { $count } items
    }
books-items-none = This figure is made of nothing.
books-register = Register of processings
books-processing = Processing
books-is = What it is

## The call list
books-calls = Call list to print
books-calls-of = Call list, { $name }
books-calls-text = Whom to call, at which number and by when, the most pressing first. Note on paper, then on the pages of the trips. That this list was read is noted in the journal of access.
books-calls-count =
    { $count ->
        [0] No call
        [one] One call
       *[other] { $count } calls
    }
books-calls-none = Nobody has to be called on that day.
books-back-day = ← The day
books-call-by = By
books-call-from = from { $name } on
books-call-about = About
books-call-drive = Drive
books-call-done = Done
books-phone = Number
books-no-phone = no number

console-act-money-show = account looked at
