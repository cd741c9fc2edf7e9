# Obligations: prefect, register, retention, people’s rights.

## Help
cli-node-obligations = Obligations: return to the prefect, register of processings
cli-node-obligations-tus-return = Counts the annual return of the transport d’utilité sociale (before 1 March)
cli-node-obligations-tus-return--year = Civil year, such as 2026
cli-node-obligations-tus-return--carrier = Association (otherwise: the default one)
cli-node-obligations-tus-return--figure = Shows what this figure is made of: drivers, volunteer-drivers, beneficiaries, by-residence, by-resources, own-vehicles, lent-vehicles, trips, trips-to-verify, trips-other-frame, trips-excepted, trips-undecided, trips-costed
cli-node-obligations-tus-return--after = { help-after }
cli-node-obligations-tus-return--limit = { help-limit }
cli-node-obligations-tus-return--csv = Writes a table for a spreadsheet
cli-node-obligations-tus-return--html = Writes a page to print
cli-node-obligations-register = Shows the register of processings (GDPR, article 30)
cli-node-obligations-register--html = Writes a page to print
cli-node-retention = Retention: what has to go, and what has gone
cli-node-retention-preview = Shows what the terms of retention would let go today; changes nothing
cli-node-retention-purge = Lets go exactly what the list showed
cli-node-retention-purge--confirm = Digest given by “retention preview”
cli-node-retention-erasures = Lists erasures and how far they are
cli-node-retention-erasures--limit = { help-limit }
cli-node-retention-erasures--after = { help-after }
cli-node-person-export = Writes everything the node holds about this beneficiary, to hand it over
cli-node-person-export--id = { help-person }
cli-node-person-export--html = Writes a readable page instead of JSON
cli-node-person-erase = Erases this beneficiary from all data; what the law orders to keep stays
cli-node-person-erase--id = { help-person }
cli-node-person-erase--confirm = Yes, erase: nothing can be brought back
cli-node-person-erase--no_statistics = The person objects to statistics too: what was not counted yet will not be
cli-node-person-access-log = Shows who saw this beneficiary’s data, when and for what
cli-node-person-access-log--id = { help-person }
cli-node-person-access-log--limit = { help-limit }
cli-node-person-access-log--after = { help-after }
cli-node-volunteer-export = Writes everything the node holds about this volunteer, to hand it over
cli-node-volunteer-export--id = { help-volunteer }
cli-node-volunteer-export--html = Writes a readable page instead of JSON
cli-node-volunteer-erase = Erases this volunteer from all data; what the law orders to keep stays
cli-node-volunteer-erase--id = { help-volunteer }
cli-node-volunteer-erase--confirm = Yes, erase: nothing can be brought back
cli-node-volunteer-erase--no_statistics = The person objects to statistics too: what was not counted yet will not be
cli-node-volunteer-access-log = Shows who saw this volunteer’s data, when and for what
cli-node-volunteer-access-log--id = { help-volunteer }
cli-node-volunteer-access-log--limit = { help-limit }
cli-node-volunteer-access-log--after = { help-after }

## Fields
field-kept_by = kept because
field-before = older than
field-rows = rows
field-asked_at = asked
field-deadline = at the latest

## Return to the prefect
tus-heading = Transport d’utilité sociale: annual return { $year }
tus-row = { $name }: { $value }
tus-note = Note: { $text }
tus-more = More: --after { $after }
tus-basis = Articles L.3133-1 and R.3133-1 to R.3133-5 of the code des transports; arrêté of 17 October 2019. To be sent to the prefect before 1 March of the next year.
tus-notes = To check before signing
tus-signature = Done at ........................, on ........................ — Name, capacity and signature:
tus-no-carrier = no association is declared on this node: declare it first.
tus-no-headcount = the association’s people in that year are not noted: complete its record.
tus-verify = { $count ->
    [one] one trip has a legal frame to be verified. It is not in the figures.
   *[other] { $count } trips have a legal frame to be verified. They are not in the figures.
}
tus-uncosted = { $count ->
    [one] the contribution of one trip is not known.
   *[other] the contribution of { $count } trips is not known.
}
tus-neighbours = { $count ->
    [one] one trip was carried out for a neighbouring territory: the person is counted there.
   *[other] { $count } trips were carried out for neighbouring territories: their people are counted there.
}
tus-both-grounds = somebody carried on both grounds (residence and resources) is in both shares, and once among the beneficiaries.
tus-association = Association
tus-rna = RNA number
tus-address = Seat
tus-employees = Employees
tus-volunteers = Volunteers
tus-members = Members
tus-drivers = Drivers
tus-volunteer-drivers = of which volunteers
tus-beneficiaries = Beneficiaries
tus-by-residence = of which by residence
tus-by-resources = of which by resources
tus-own-vehicles = Vehicles of the association
tus-own-places = Mean capacity (places, driver included)
tus-lent-vehicles = Vehicles lent
tus-lent-places = Mean capacity (places, driver included) of vehicles lent
tus-contributions = Contributions asked, in all
tus-highest-contribution = Highest contribution for one trip
tus-free-trips = Trips without contribution
tus-rules = Specific rules (participation models)
tus-trips = Trips
tus-mean = Mean distance of a trip
tus-trips-to-verify = Trips with a frame to verify (not counted)
tus-trips-other-frame = Trips under another frame (not counted)
tus-trips-excepted = Trips outside every frame, under a signed exception (not counted)
tus-trips-undecided = Trips outside every frame without an exception, or without a decision (not counted)
figure-item-trip = trip
figure-item-person = beneficiary
figure-item-volunteer = volunteer
figure-item-staff = professional
figure-item-asset = vehicle
figure-item-volunteer-vehicle = a volunteer’s vehicle

## Retention and erasure
retention-goes = { $count ->
    [0] Nobody has to go.
    [one] To go: one person.
   *[other] To go: { $count } people.
}
retention-stays = { $count ->
    [0] Nobody is kept beyond the term.
    [one] Kept beyond the term: one person.
   *[other] Kept beyond the term: { $count } people.
}
retention-confirm = Nothing is changed. Accounting pieces stay for ten years (article L.123-22 of the code de commerce), and the ledger of unmet need stays, without the person. To let exactly this list go: maillage-node retention purge --confirm { $digest }
retention-purged = Gone: { $erased } files, { $passengers } neighbours’ passengers, { $rows } other rows. The files on the disk are made anew next night.
erasure-begun = Erased from all data ({ $rows } rows). The files on the disk are made anew next night, on { $deadline } at the latest. If the person travelled with a neighbouring territory, tell that neighbour too: this node cannot erase anything there.
retention-kind-beneficiary = beneficiary
retention-kind-volunteer = volunteer
retention-kind-referral = referral that led to no file
retention-kind-carried-passenger = neighbour’s passenger
retention-kind-access-log = log of accesses
retention-kind-dead-letter = undelivered envelope
retention-kind-inbox-mark = mark of receipt
retention-kind-accounting-piece = accounting piece
retention-kind-message = message or call
retention-kind-driver-offer = offer to a driver
retention-kind-lost-drive = drive lost by a driver
obstacle-open-trip = open trip
obstacle-open-series = open series
obstacle-open-loan = open loan
obstacle-open-pathway = open pathway
obstacle-open-service = open service
obstacle-unpaid-balance = unsettled balance
obstacle-open-statement = expenses in no statement yet
obstacle-open-handover = open handover
erasure-state-rows = data being gone through
erasure-state-files = erased; files to be made anew
erasure-state-done = done
erasure-reason-asked = asked for
erasure-reason-retention = term over

## Copy of data
copy-title = Copy of your data
copy-about = This is everything the platform holds about you (GDPR, articles 15 and 20), family by family. What concerns other people is left out. To have something corrected or erased, ask the platform; you may also turn to the CNIL.
copy-family = Processing: { $processing }. At an erasure: { $fate }.
copy-yes = yes
copy-no = no
fate-deleted = removed
fate-emptied = emptied of what identifies you
fate-anonymous = kept under a number that names nobody any more
fate-accounting-law = kept for ten years by law (article L.123-22 of the code de commerce)
fate-accountability = kept until its own term ends, as proof
fate-sealed = sealed to another node
family-persons = Your file
family-volunteers = Your volunteer’s file
family-requests = Your requests
family-trips = Trips
family-past_trips = Trips from before Maillage
family-handovers_outgoing = Handovers to a neighbour
family-handovers_incoming = Trips taken from a neighbour
family-events = Journal of what was done
family-access_log = Who saw your data
family-answered = Requests that a program named
family-trip_frames = Legal frame of trips
family-frame_exceptions = Signed exceptions
family-trip_costs = Cost of trips
family-driver_years = Kilometres of the year
family-driver_offers = Offers to drivers
family-messages = Messages sent
family-calendar_links = Calendar link
family-driver_links = Link of your pages
family-references = Reference in tables
family-referrals = Referrals
family-pathways = Pathways
family-services = Services
family-loans = Loans
family-money_entries = Book entries
family-money_receipts = Receipts
family-money_statements = Statements
family-money_statement_lines = Lines of statements
family-money_drives = Kilometres in no statement yet
family-money_expenses = Expenses in no statement yet
held-name = name
held-phone = phone
held-email = e-mail
held-home = home
held-address = address
held-commune = commune (INSEE code)
held-needs = needs
held-sharing = sharing with a neighbour
held-pooling = riding with others
held-statistics_objection = objection to statistics
held-driver_notes = notes for the driver
held-internal_notes = internal notes
held-notes = notes
held-created = created
held-person = beneficiary’s number
held-volunteer = volunteer’s number
held-pickup = pick-up
held-dropoff = drop-off
held-purpose = purpose
held-status = status
held-at = when
held-kind = what
held-actor = by whom
held-subject = about
held-subjects = about
held-reason = reason
held-birth_year = year of birth
held-situation = situation
held-grounds = grounds
held-quotient_euros = quotient familial (€)
held-vehicles = vehicles
held-documents = documents seen
held-cents = amount (cents)
held-earliest_pickup = earliest pick-up
held-latest_arrival = latest arrival
held-companions = companions
held-history = history
held-id = number
held-model = participation model
held-channel = channel
held-last_contact = last contact

## Register of processings
register-title = Register of processings: { $territory }
register-about = GDPR, article 30. This register describes what this software does; the controller (the body that runs the platform) adds its name, its data protection officer and what it does besides, and has the legal bases verified. This software transfers no data outside the European Union.
register-heading = — { $name }
register-purpose = Purpose
register-legal-basis = Legal basis
register-people = People concerned
register-categories = Data
register-recipients = Recipients
register-terms = Terms
register-security = Security
register-families = Families of records
term-years = { $count ->
    [one] one year
   *[other] { $count } years
}
term-days = { $count ->
    [one] one day
   *[other] { $count } days
}
processing-people = People’s files
processing-purpose-people = knowing beneficiaries, volunteers, staff and prescribers, to organise their help
processing-rides = Requests and trips
processing-purpose-rides = taking requests, finding a driver, carrying out trips; putting into one car those who agree to it, without telling one who the others are
processing-handovers = Handovers
processing-purpose-handovers = handing a trip to a neighbouring territory or to a partner without a node, or taking one
processing-frames = Legal frames
processing-purpose-frames = establishing under what right each trip is carried out
processing-pathways = Pathways, services and loans
processing-purpose-pathways = helping towards independent mobility and following the outcome
processing-messages = Messages
processing-purpose-messages = telling drivers and passengers
processing-money = Money
processing-purpose-money = keeping contributions, expenses and receipts
processing-traceability = Traceability
processing-purpose-traceability = knowing who did what and who saw what, and showing erasures
processing-statistics = Noisy statistics
processing-purpose-statistics = counting activity without being able to recognise anybody
processing-node = The node itself
processing-purpose-node = running the software: settings, official tables, fleet
legal-basis-public-interest-or-contract = public interest or contract (GDPR art. 6, 1, e or b); health: social care (art. 9, 2, h); to be confirmed by the controller
legal-basis-consent-sharing = the person’s choice (GDPR art. 6, 1, a and art. 9, 2, a)
legal-basis-legal-obligation = legal obligation (GDPR art. 6, 1, c)
legal-basis-public-interest-objection = public interest (GDPR art. 6, 1, e), with a right to object (art. 21)
legal-basis-legitimate-interest = legitimate interest (GDPR art. 6, 1, f)
data-people-beneficiaries = beneficiaries
data-people-volunteers = volunteers
data-people-staff = staff
data-people-prescribers = prescribers
data-people-neighbours-people = people of a neighbouring territory
data-category-identity = identity
data-category-contacts = contacts
data-category-home = home
data-category-needs = needs (may reveal health)
data-category-situation = situation
data-category-eligibility = grounds
data-category-choices = the person’s choices
data-category-documents = documents seen and their expiry
data-category-places = places
data-category-times = dates and times
data-category-purpose = purpose (may reveal health)
data-category-drives = drives
data-category-services = services
data-category-outcomes = outcomes
data-category-notes = notes
data-category-amounts = amounts
data-category-actions = actions and accesses, under a number
data-category-noisy-counts = noisy counts
data-category-settings = settings
recipient-desk = the platform’s desk, by role
recipient-driver-minimum = the driver, for own trips alone
recipient-chosen-partner = the one partner without a node that was chosen, by file and with the person’s own word
recipient-winning-node = the one neighbouring node chosen, sealed
recipient-hub-blind = the national hub, unable to read
recipient-prefect-figures = the prefect: figures alone
recipient-prescriber-outcome = the prescriber: what became of the referral
recipient-mail-and-sms-providers = the e-mail and SMS providers chosen
recipient-treasurer = the treasurer
recipient-accountant = the accountant
recipient-tax-office = the tax office, on inspection
recipient-auditor = the auditor
recipient-the-person = the person
recipient-hub-counts = the national hub: noisy counts
security-local-store = data kept on the platform’s machine, checked writes
security-roles = access by role
security-access-log = log of accesses
security-no-logs = no personal data in technical logs
security-sealed-award = encryption to the recipient alone
security-mutual-tls = mutual TLS
security-differential-privacy = differential privacy, yearly budget

## Refusals
refusal-subject-missing = Whom it is about is missing: give the identifier of a beneficiary or a volunteer.
refusal-erasure-obstacle = This person still has something open ({ $obstacle }). End it first, then erase.
refusal-erasure-unknown = No erasure is noted for this person.
refusal-retention-changed = The list has changed since you saw it (or a day has passed). Nothing has gone: look again with “maillage-node retention preview”, then confirm the new digest.
refusal-year-format = The year is written like 2026, between 2019 and 2200.
refusal-figure-unknown = This figure is not in the return. Its codes are in the help of “obligations tus-return”.
refusal-erasure-stuck = The erasure does not go on: a family of records is not emptied as it should be. This is a fault of the program: report it, with the node’s log.
refusal-erasure-referral-accepted = That referral led to a file. Erase the beneficiary; nothing was erased.
refusal-return-carrier-unknown = No declared association has this identifier: leave it empty for the default one.
