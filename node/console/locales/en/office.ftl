# The pages of those who answer for the platform.

## Tabs and dates
console-tab-statistics = Statistics
console-tab-status = Status
console-month = { $month } { $year }
console-month-1 = January
console-month-2 = February
console-month-3 = March
console-month-4 = April
console-month-5 = May
console-month-6 = June
console-month-7 = July
console-month-8 = August
console-month-9 = September
console-month-10 = October
console-month-11 = November
console-month-12 = December
console-half-year =
    { $number ->
        [1] first half of { $year }
       *[other] second half of { $year }
    }

## Statistics
console-stat = What leaves the node
console-stat-of = Statistics: { $name }
console-stat-back = ← All periods
console-stat-due =
    { $count ->
        [0] Nothing to send
        [one] One period to send or withhold
       *[other] { $count } periods to send or withhold
    }
console-stat-due-none = Every period that is over is closed. The next one will be when it is over.
console-stat-due-text = Begin with the oldest: once a period is closed, no older one is closed any more.
console-stat-due-others = Whoever administers the platform sends or withholds them; you can look at them.
console-stat-look = See: { $name }
console-stat-running = Figures so far: { $name }
console-stat-journal = What has left, or not
console-stat-journal-none = Nothing has left this node yet.
console-stat-period = Period
console-stat-became = State
console-stat-closed = Closed on
console-stat-hash = Fingerprint
console-stat-declared = Accounts declared by year
console-stat-declared-text = These figures are declared and signed by a person, without added noise: they are outside the guarantee of privacy. They are declared with the command report declare.
console-stat-declared-none = Nothing was declared yet.
console-stat-year = { $year }, revision { $revision }
console-stat-figures = The figures of { $name }
console-stat-replaced = replaced by a newer revision
console-stat-taken-back = Taken back
console-stat-meaning = What it can tell about somebody
console-stat-how = The node adds noise drawn at random to every number before it is sent. The hub never receives the true number, nor a name, a trip or a commune.
console-stat-budget = Privacy budget of { $year }: { $used } of { $limit } parts (one part is ρ = 1/{ $unit }).
console-stat-cell = What is counted
console-stat-true = True number, stays here
console-stat-noise = Noise
console-stat-leaves = What leaves
console-stat-unknown = not known
console-stat-undrawn = not drawn yet
console-stat-noise-text = In 95 cases out of 100 the noise stays within the range shown. A number that leaves can therefore be negative.
console-stat-not-over = This period is not over: the numbers will change, and nothing can leave yet.
console-stat-open = This period is over. This is what it counts; nothing has left yet.
console-stat-not-yet = This period is over, but is not to be closed now: a later one is closed, or its months are not.
console-stat-withdrawn-why = Why it was taken back: { $name }.
console-stat-bytes = The exact bytes
console-stat-bytes-text = These { $name } bytes, and no others. The same hash is seen at the hub.
console-stat-hex = Show them here
console-stat-download = Download the bytes
console-stat-decide = Your decision
console-stat-send-text = When it is sent, the noise is drawn once, the report is frozen and leaves as it is. A mistake is answered by taking it back, never by a second report.
console-stat-send = Draw the noise and send
console-stat-withhold-text = Or send nothing for this period, now or later. Its part of the budget is used all the same.
console-stat-withhold-sure = I withhold this period for ever
console-stat-withhold = Withhold this period
console-stat-not-sure = Nothing was done. To withhold the period, tick the box that confirms it.
console-stat-sent = The report is frozen and leaves at the next exchange with the hub.
console-stat-silent = The half-year is closed without a report: too few people are registered.
console-stat-withheld = The period is withheld: nothing of it will leave.
console-stat-withdrawn = The report is taken back; the hub learns so at the next exchange.
console-stat-take-back = Take this report back
console-stat-take-back-text = The hub stops adding it up. The report stays frozen here, its part of the budget stays used, and no other takes its place.
console-stat-take-back-why = Why?
console-stat-take-back-do = Take the report back

## How the node is
console-status = Status of the node
console-status-amiss =
    { $count ->
        [0] All is well.
        [one] One thing needs your attention.
       *[other] { $count } things need your attention.
    }
console-status-do = What to do:
console-status-look = to be looked at
console-status-alarms = To be known
console-status-alarms-do = Read what stands above and do it today; if in doubt, call whoever hosts the node.
console-status-link = Link with the hub
console-status-since = Since: { $name }.
console-status-alone = This node is a member of no federation: no trip is offered to neighbours, no statistics leave. The daily work does not depend on it.
console-status-outbox =
    { $count ->
        [0] No mail waits to leave.
        [one] One piece of mail waits to leave.
       *[other] { $count } pieces of mail wait to leave.
    }
console-status-certificate = Certificate valid until { $name }; it renews itself.
console-status-connecting-do = Go on working: everything is kept and will leave. If it lasts more than an hour, check the internet connection of the machine.
console-status-refused-do = Call the national team: the hub does not let this node in any more. Local work goes on.
console-status-dead =
    { $count ->
        [one] One piece of mail could not be read by the hub and is put aside.
       *[other] { $count } pieces of mail could not be read by the hub and are put aside.
    }
console-status-dead-do = Update the program, then tell the national team if the number does not go down.
console-status-backup = Backups
console-status-backup-good = recent
console-status-backup-old = old
console-status-backup-none = none known
console-status-backup-made = Last backup made while the node served: { $name }.
console-status-backup-old-do = The nightly backup did not run. Ask whoever hosts the node to look at the nightly job, and make one now with the command backup make.
console-status-backup-none-do = Make a backup with the command backup make, and have it made every night to another disk. A backup made while the node is stopped is not known here.
console-status-restored = This node was restored on { $at }, from a backup of { $of }.
console-status-disk = Room on the disk
console-status-disk-good = enough
console-status-disk-tight = too little
console-status-disk-unknown = not known
console-status-disk-room = { $free } GB free of { $total } GB.
console-status-disk-do = Make room, or give the machine a larger disk. If it fills up, the node refuses to write; what is written can still be read.
console-status-disk-unknown-do = The free room could not be read. Look at it on the machine, with df -h.
console-status-clock = Time of the machine
console-status-clock-good = to be compared
console-status-clock-virtual = simulated clock
console-status-clock-now = This node reads: { $name }, Paris time.
console-status-clock-hint = Compare it with a watch. If it is off by more than a minute, have the machine set its time by itself (timedatectl).
console-status-jobs = Background jobs
console-status-jobs-each = Job by job
console-status-jobs-text = What the node does by itself, night and day.
console-status-jobs-good = in order
console-status-jobs-failing =
    { $count ->
        [one] one job fails
       *[other] { $count } jobs fail
    }
console-status-jobs-do = They try again by themselves. If it lasts more than an hour, read the last error in the table, then the log of the program.
console-status-job = Job
console-status-state = State
console-status-failures = Failures since the start
console-status-last = Last error
console-status-facts = This node
console-status-territory = Territory
console-status-model = Model in force
console-status-node = Identifier
console-status-version = Version
console-status-written = Last durable write
job-retention = terms of retention
job-roads = road distances
job-series = trips of series
job-unanswered = requests nobody answered

## Accounts and roles
console-tab-users = Accounts
console-users = Accounts and roles
console-users-text = Who may use this node, and what for. When somebody leaves: close the account the same day.
console-users-none = No account: only whoever hosts the node has access to it.
console-user = Account { $name }
console-user-new = New account
console-user-back = ← All accounts
console-user-label = Account name
console-user-label-hint = A function rather than a person: desk, treasury. Lower-case letters without accents, digits, dot and hyphens. It can never be changed, nor serve another.
console-user-roles = Roles
console-user-standing = State
console-user-way-in = Way in
console-user-until = Valid until
console-user-made = Made on
console-user-closed-at = Closed on
console-user-way-link = link to be opened before { $name }
console-user-way-password = password chosen
console-user-way-none = neither password nor link
console-user-whose = Data within reach
console-user-whose-all = those of the whole platform, as far as its roles go
console-user-whose-driver = those of { $name }, volunteer
console-user-whose-prescriber = those that { $name } has referred
console-user-of-driver = those of one volunteer
console-user-of-prescriber = those of one prescriber
console-user-add = Make the account
console-user-add-hint = A link is given at once, a single time: hand it to the person, who chooses the password.
console-user-linked = Link of the account { $name }, valid once, until { $until }. It will not be shown again: { $link }
console-user-facts = This account
console-user-change = Change the roles
console-user-change-do = Save these roles
console-user-changed = The roles are changed, from now on.
console-user-link = Give a link
console-user-link-text = For a first entry, or a forgotten password. The link before is worth nothing any more.
console-user-link-do = Give a link, shown once
console-user-close = Close the account
console-user-close-text = The account opens nothing any more, at once and for ever. What it has done stays in the journal.
console-user-close-sure = I close this account for ever
console-user-close-do = Close this account
console-user-closed = The account is closed.
console-user-not-sure = Nothing was done. To close the account, tick the box that confirms it.
console-role-coordinator = Takes requests, plans, calls. Sees the people.
console-role-driver = A volunteer, for own trips.
console-role-prescriber = Refers people, and learns what becomes of them.
console-role-treasurer = Contributions, statements, receipts.
console-role-administrator = Accounts, models, statistics. Does not see people; everything done to an account is in the journal.
console-role-auditor = Reads what is owed to authorities and who saw what. Changes nothing.

## Journal of access
console-tab-journal = Journal
console-journal = Journal of access, { $name }
console-journal-text = Who saw, changed or gave out whose data. People are identifiers here; opening a file is noted in its turn.
console-journal-lines =
    { $count ->
        [0] Nothing on that day
        [one] One line on that day
       *[other] { $count } lines on that day
    }
console-journal-time = Time
console-journal-who = By whom
console-journal-how = How
console-journal-what = What for
console-journal-whose = About
console-journal-pages = Pages of the day
console-page-before = ← Previous page
console-page-after = Next page →
console-journal-seen = seen
console-journal-changed = changed
console-journal-given-out = table given out
console-journal-person = beneficiary
console-journal-volunteer = volunteer
console-journal-referral = referral
console-journal-trip = trip
console-journal-handover = handover
console-act-person-add = file opened
console-act-person-show = file looked at
console-act-person-update = file changed
console-act-person-history = past looked at
console-act-people-search = search of people
console-act-volunteer-add = volunteer registered
console-act-volunteer-show = volunteer looked at
console-act-volunteer-update = volunteer changed
console-act-volunteer-document = paper noted
console-act-volunteer-absence = absence noted
console-act-volunteer-activate = being asked changed
console-act-request-add = request taken
console-act-trip-show = trip looked at
console-act-trip-offer = trip offered to a driver
console-act-trip-accept = driver agrees
console-act-trip-refuse = driver does not agree
console-act-trip-pick-up = on board
console-act-trip-complete = trip done
console-act-trip-no-show = absence
console-act-trip-cancel = trip called off
console-act-trip-unmet = unmet need
console-act-trip-edit = trip changed
console-act-day-sheet-show = day sheet
console-act-call-list = call list
console-act-call-note = call noted
console-act-confirmation-show = confirmation printed
console-act-calendar-link = calendar address
console-act-loan-show = loan looked at
console-act-service-show = service looked at
console-act-pathway-show = pathway looked at
console-act-referral-show = referral looked at
console-act-subject-export = copy of the file handed over
console-act-table-export = table given out
console-act-award-opened = trip received from a neighbour
console-act-offer-answer = answer of the driver
console-act-money-receive = contribution received

## Laboratory of models, unmet needs
console-home-ways = Your session is open. These are the pages of your role.
console-tab-models = Models
console-tab-unmet = Needs
console-models = Laboratory of models
console-models-text = The same trips, computed under each participation model: who would have paid what. It is a computation, not a forecast: another tariff would have changed what people ask for.
console-models-period = Period
console-models-period-hint = A year, or a month: 2026, 2026-11.
console-models-go = Compare
console-models-none = No trip was done in this period: there is nothing to compare.
console-models-facts = What is compared
console-models-bars = Who pays what
console-models-legend = Legend
console-models-table = The figures
console-models-served =
    { $count ->
        [one] one trip served so
       *[other] { $count } trips served so
    }
console-models-bar = Beneficiaries: { $person }; carrier: { $carrier }; volunteers: { $volunteer }
console-unmets = Unmet needs
console-unmets-text = Every trip that nobody could drive, kept to show where help is missing and why. No trip is taken off the list; what tells of a person goes with an erasure.
console-unmets-from = From
console-unmets-to = To
console-unmets-commune = Commune of pickup
console-unmets-reason = Reason
console-unmets-all = all
console-unmets-go = Show
console-unmets-number = Number
console-unmets-by-commune = By commune
console-unmets-map = Map of communes: the larger the circle, the more trips are missing
console-unmets-point =
    { $count ->
        [one] { $name }: 1 unmet need
       *[other] { $name }: { $count } unmet needs
    }
console-unmets-by-reason = By reason
console-unmets-rows = The trips
console-unmets-day = Wanted on
console-unmets-served = Served later

## Links of drivers
console-tab-drivers = Drivers’ pages
console-drivers = The pages of drivers
console-drivers-text = By the link, a volunteer sees own trips and expenses, answers what is asked and notes days off. The link shows names: give it to that person alone. It is valid for six months, and can be revoked.
console-drivers-none = No volunteer is asked at the moment.
console-drivers-without = no link
console-drivers-until = link valid until { $name }
console-drivers-link = Give { $name } a link
console-drivers-again = Replace the link of { $name }
console-drivers-revoke = Revoke the link of { $name }
console-drivers-given = Link to the pages of { $name }, shown this once. A link given before is worth nothing any more: { $link }
console-drivers-revoked = The link is revoked: it opens nothing any more.
console-act-driver-link = link of own pages
console-journal-account = account
console-journal-staff = member of the staff
console-journal-prescriber = prescriber
console-journal-by-link = driver, by the own link ({ $name })
console-act-account-add = account opened
console-act-account-link = link of an account given
console-act-account-password = password chosen
console-act-account-roles = roles changed
console-act-account-renew = token renewed
console-act-account-revoke = account closed
