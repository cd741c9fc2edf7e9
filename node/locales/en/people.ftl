# Texts about people.

## Help: people
cli-node-person-add--email = E-mail address
cli-node-person-add--channel = How the person wishes to be reached: phone, sms, email, letter
cli-node-person-add--birth_year = Year of birth
cli-node-person-add--situation = Situation: jobseeker, employed, training, retired, disability, minimum-income, other, unknown
cli-node-person-add--ground = Ground of eligibility whose proof was seen today, such as rsa or css:2026-01-01:2026-12-31 (repeatable)
cli-node-person-add--quotient = Quotient familial, in euros a month
cli-node-person-add--member_until = Last day of the membership, YYYY-MM-DD
cli-node-person-add--prescriber = Identifier of the prescriber
cli-node-person-add--informed_on = Day on which the person was told what is kept, YYYY-MM-DD
cli-node-person-add--internal_notes = Notes for the desk alone, never shown to a driver
cli-node-person-add--avoid = Volunteers who are not to drive this person: identifiers
cli-node-person-add--even_if_duplicate = Registers although somebody very like is known already
cli-node-person-update = Changes a person’s file; what is not given stays, and an empty text takes away
cli-node-person-update--id = { help-person }
cli-node-person-update--name = { cli-node-person-add--name }
cli-node-person-update--phone = { cli-node-person-add--phone }
cli-node-person-update--commune = { cli-node-person-add--commune }
cli-node-person-update--address = { cli-node-person-add--address }
cli-node-person-update--need = { cli-node-person-add--need }
cli-node-person-update--sharing = { cli-node-person-add--sharing }
cli-node-person-update--no_statistics = { cli-node-person-add--no_statistics }
cli-node-person-update--notes = { cli-node-person-add--notes }
cli-node-person-update--outside = { cli-node-person-add--outside }
cli-node-person-update--email = { cli-node-person-add--email }
cli-node-person-update--channel = { cli-node-person-add--channel }
cli-node-person-update--birth_year = { cli-node-person-add--birth_year }
cli-node-person-update--situation = { cli-node-person-add--situation }
cli-node-person-update--ground = { cli-node-person-add--ground }
cli-node-person-update--quotient = { cli-node-person-add--quotient }
cli-node-person-update--member_until = { cli-node-person-add--member_until }
cli-node-person-update--prescriber = { cli-node-person-add--prescriber }
cli-node-person-update--informed_on = { cli-node-person-add--informed_on }
cli-node-person-update--internal_notes = { cli-node-person-add--internal_notes }
cli-node-person-update--avoid = { cli-node-person-add--avoid }
cli-node-person-update--statistics = The person no longer objects to statistics
cli-node-person-update--etag = { help-etag }
cli-node-person-search = Finds a person, a volunteer or a prescriber by a few letters
cli-node-person-search--text = Beginnings of words of the name, digits of the phone, commune; slips are forgiven
cli-node-person-search--kind = Only: person, volunteer, prescriber
cli-node-person-search--limit = Number of answers, 20 at most
cli-node-person-history = Shows where a person usually goes and what happened
cli-node-person-history--id = { help-person }
cli-node-person-history--before = Events before this number
cli-node-person-history--limit = { help-limit }
cli-node-volunteer-add--email = E-mail address
cli-node-volunteer-add--channel = How the volunteer wishes to be reached: phone, sms, email, letter
cli-node-volunteer-add--trips_per_week = Most trips a week (0: no limit)
cli-node-volunteer-add--hours_per_week = Most hours a week, from home back to home (0: no limit)
cli-node-volunteer-add--wished_km = Kilometres wished for in four weeks, empty ones included: by it the load is spread (0: nothing told)
cli-node-volunteer-add--stays_in = Communes in which to pick up and set down, and nowhere else: INSEE code or name (repeatable)
cli-node-volunteer-add--status = What this driver is to the carrier: volunteer, or employee (paid: no compensation, no statement)
cli-node-volunteer-add--avoid = People this volunteer is not to drive: identifiers
cli-node-volunteer-add--fiscal_power = Fiscal horsepower of the vehicle, in CV (line P.6 of the registration certificate)
cli-node-volunteer-add--electric = The vehicle is electric
cli-node-volunteer-update = Changes a volunteer’s file; what is not given stays, and an empty text takes away
cli-node-volunteer-update--id = { help-volunteer }
cli-node-volunteer-update--name = { cli-node-volunteer-add--name }
cli-node-volunteer-update--phone = { cli-node-volunteer-add--phone }
cli-node-volunteer-update--commune = { cli-node-volunteer-add--commune }
cli-node-volunteer-update--address = { cli-node-volunteer-add--address }
cli-node-volunteer-update--accepts = { cli-node-volunteer-add--accepts }
cli-node-volunteer-update--availability = { cli-node-volunteer-add--availability }
cli-node-volunteer-update--max_km = { cli-node-volunteer-add--max_km }
cli-node-volunteer-update--outside = { cli-node-volunteer-add--outside }
cli-node-volunteer-update--email = { cli-node-volunteer-add--email }
cli-node-volunteer-update--channel = { cli-node-volunteer-add--channel }
cli-node-volunteer-update--trips_per_week = { cli-node-volunteer-add--trips_per_week }
cli-node-volunteer-update--hours_per_week = { cli-node-volunteer-add--hours_per_week }
cli-node-volunteer-update--wished_km = { cli-node-volunteer-add--wished_km }
cli-node-volunteer-update--stays_in = { cli-node-volunteer-add--stays_in }
cli-node-volunteer-update--status = { cli-node-volunteer-add--status }
cli-node-volunteer-update--avoid = { cli-node-volunteer-add--avoid }
cli-node-volunteer-update--vehicle = All the vehicles, the usual one first: seats[:wheelchairs[:CV[:e]]][@name], such as 4:0:5 or 2:1:7:e@Van if electric. A vehicle that is there keeps its number, its papers and what is not said again; to correct it, begin with its number: 1=::6 changes its horsepower. For another vehicle in its place: new=4:0:6
cli-node-volunteer-update--standing_yes = The desk may promise this driver without asking: yes or no
cli-node-volunteer-update--etag = { help-etag }
cli-node-volunteer-activate = A volunteer may be asked again
cli-node-volunteer-activate--id = { help-volunteer }
cli-node-volunteer-deactivate = A volunteer is not asked any more; what was promised stays promised
cli-node-volunteer-deactivate--id = { help-volunteer }
cli-node-volunteer-document = Notes that a document was seen; it takes the place of the one of its kind
cli-node-volunteer-document--id = { help-volunteer }
cli-node-volunteer-document--kind = Kind: licence, insurer-acceptance, roadworthiness-test, charter, training
cli-node-volunteer-document--seen = Day on which it was seen, YYYY-MM-DD (otherwise: today)
cli-node-volunteer-document--until = Last day it is good, YYYY-MM-DD (otherwise: it does not expire)
cli-node-volunteer-document--vehicle = Vehicle of the roadworthiness test, by its number (volunteer show); not needed if there is one
cli-node-volunteer-document--withdraw = Takes back a document noted by mistake
cli-node-volunteer-document--etag = { help-etag }
cli-node-volunteer-expiries = Lists documents that have expired or soon will
cli-node-volunteer-expiries--days = Within how many days
cli-node-volunteer-required-documents = Shows or sets the documents required of every volunteer
cli-node-volunteer-required-documents--set = Kinds required; an empty text: none
cli-node-volunteer-required-documents--etag = { help-etag }
cli-node-prescriber = Prescribers
help-prescriber = Identifier of the prescriber
cli-node-prescriber-add = Registers a prescriber
cli-node-prescriber-update = Changes a prescriber; what is not given stays
cli-node-prescriber-list = Lists prescribers
cli-node-prescriber-show = Shows a prescriber
cli-node-prescriber-add--organisation = Name of the organisation
cli-node-prescriber-update--organisation = { cli-node-prescriber-add--organisation }
cli-node-prescriber-add--contact = Whom to ask for
cli-node-prescriber-update--contact = { cli-node-prescriber-add--contact }
cli-node-prescriber-add--phone = Phone
cli-node-prescriber-update--phone = { cli-node-prescriber-add--phone }
cli-node-prescriber-add--email = E-mail address
cli-node-prescriber-update--email = { cli-node-prescriber-add--email }
cli-node-prescriber-update--id = { help-prescriber }
cli-node-prescriber-update--active = Whether it still sends people: yes or no
cli-node-prescriber-update--etag = { help-etag }
cli-node-prescriber-show--id = { help-prescriber }
cli-node-prescriber-list--after = { help-after }
cli-node-prescriber-list--limit = { help-limit }
cli-node-staff-list--after = { help-after }
cli-node-staff-list--limit = { help-limit }
cli-node-staff = Professionals of the platform
help-staff = Identifier of the professional
cli-node-staff-add = Registers a professional
cli-node-staff-update = Changes a professional; what is not given stays
cli-node-staff-list = Lists professionals
cli-node-staff-show = Shows a professional
cli-node-staff-add--name = Full name
cli-node-staff-update--name = { cli-node-staff-add--name }
cli-node-staff-add--function = Function
cli-node-staff-update--function = { cli-node-staff-add--function }
cli-node-staff-add--phone = Phone
cli-node-staff-update--phone = { cli-node-staff-add--phone }
cli-node-staff-add--email = E-mail address
cli-node-staff-update--email = { cli-node-staff-add--email }
cli-node-staff-add--may_drive = May drive the platform’s vehicles
cli-node-staff-update--may_drive = May drive the platform’s vehicles: yes or no
cli-node-staff-update--id = { help-staff }
cli-node-staff-update--active = Works here: yes or no
cli-node-staff-update--etag = { help-etag }
cli-node-staff-show--id = { help-staff }

## Sentences and fields
person-updated = The file is changed.
volunteer-updated = The file is changed.
volunteer-still-drives = { $count ->
    [one] This volunteer has promised a trip: it stays hers or his until you find somebody else.
   *[other] This volunteer has promised { $count } trips: they stay hers or his until you find somebody else.
}
documents-none = none
vehicle-shown = no. { $number }: { $seats } { $seats ->
        [one] seat
       *[other] seats
    }{ $places ->
        [0] {""}
        [one] , 1 wheelchair
       *[other] , { $places } wheelchairs
    }{ $power ->
        [0] {""}
       *[other] , { $power } CV
    }{ $electric ->
        [yes] , electric
       *[no] {""}
    }
field-email = E-mail
field-channel = Reached by
field-birth_year = Year of birth
field-crow = CROW codes
crow-without-code = no CROW equivalent verified: { $needs }
field-situation = Situation
field-grounds = Grounds of eligibility
field-quotient = Quotient familial
field-member_until = Member until
field-informed_on = Informed on
field-internal_notes = Internal notes
field-avoid = Not to travel with
field-last_contact = Last contact
field-etag = State
field-driver_status = Status
driver-status-volunteer = volunteer
driver-status-employee = employee
document-of-vehicle = { $kind } of vehicle no. { $number }
field-active = Asked
field-trips_per_week = Trips a week
field-hours_per_week = Hours a week
field-wished = Wishes (28 days)
field-stays_in = Only in
field-kind = Who
field-destination = Destination
field-times = Times
field-usual_time = Usually
field-last_day = Last time
field-actor = By
field-document = Document
field-valid_until = Good until
field-expired = Expired
field-required = Documents required
field-organisation = Organisation
field-contact = Contact
field-function = Function
field-may_drive = May drive
field-ground = Ground of eligibility
field-seen = Seen on
field-seen_on = Seen on
field-communes = Communes

## Lists
channel-phone = call
channel-sms = text message
channel-email = e-mail
channel-letter = letter
situation-jobseeker = looking for work
situation-employed = employed
situation-training = in training
situation-retired = retired
situation-disability = lives with a disability
situation-minimum-income = on a minimum income
situation-other = other
situation-unknown = not said
document-licence = driving licence
document-insurer-acceptance = insurer’s written acceptance
document-roadworthiness-test = roadworthiness test
document-charter = signed charter
document-training = training
search-kind-person = beneficiary
search-kind-volunteer = volunteer
search-kind-prescriber = prescriber
agreement-name = the name
agreement-phone = the phone
agreement-home = the home
agreement-birth-year = the year of birth
day-mon = Monday
day-tue = Tuesday
day-wed = Wednesday
day-thu = Thursday
day-fri = Friday
day-sat = Saturday
day-sun = Sunday
reason-avoided = this person and this driver are not to travel together
reason-document-expired = expired document: { $document }, since { $until }
reason-document-missing = document required and never seen: { $document }
reason-outside-communes = does not pick up or set down in this commune: { $commune }
reason-trips-per-week = has the { $limit } trips of that week already
reason-hours-per-week = would exceed { $limit } hours that week
why-not-avoided = this person and this driver are not to travel together
why-not-document-expired = one of the documents has expired
why-not-document-missing = a required document was never seen
why-not-outside-communes = does not go to one of the communes
why-not-trips-per-week = the week has all its trips already
why-not-hours-per-week = the week would be too long

## Refusals
refusal-person-duplicate = Somebody very like is registered already ({ $candidates }); what agrees: { $agreed }. Nothing was written. Open the file that was found; if it is another person, try again and confirm it (even_if_duplicate).
refusal-prescriber-unknown = No prescriber has the identifier { $id }. Look it up with “prescriber list”, or register it first.
refusal-professional-unknown = No professional has the identifier { $id }. Look them up with “staff list”.
refusal-birth-year = The year of birth is not possible. Give a year from 1900 to the present, or leave it out.
refusal-situation-unknown = This situation is not in the list. Choose one of the codes that the help gives, or “unknown”.
refusal-quotient = The quotient familial is above { $max } €: check the monthly amount, in whole euros.
refusal-ground-code = A ground of eligibility is written in lower-case letters, digits and hyphens, such as “rsa” or “css”. Correct its code.
refusal-ground-order = A ground of eligibility ends before it begins. Correct its dates.
refusal-too-many-grounds = There are { $grounds } grounds of eligibility; at most 20 are kept. Take the oldest away.
refusal-date-in-the-future = This date is in the future ({ $field }), although the thing has already happened. Correct it.
refusal-channel-unknown = This way to be reached is not in the list: phone, sms, email or letter.
refusal-channel-no-phone = The person wishes to be reached by { $channel }, but no number is kept. Add a number, or choose another way.
refusal-channel-no-email = The person wishes to be reached by e-mail, but no address is kept. Add an address, or choose another way.
refusal-email-form = The e-mail address is not complete. It is written name@example.fr.
refusal-too-many-to-avoid = The list has { $people } names; at most 50 are possible. Shorten it, and talk it over.
refusal-document-vehicle = A roadworthiness test is that of one of the vehicles: say which, by its number (--vehicle).
refusal-driver-status = The status of a driver is volunteer or employee.
refusal-driver-employee = This driver is an employee ({ $id }): no compensation, no statement of expenses, no waiver.
refusal-document-kind-unknown = This kind of document is not in the list: licence, insurer-acceptance, roadworthiness-test, charter, training.
refusal-fiscal-power = There is no fiscal horsepower of { $power } CV: 1 to 50 CV, as on line P.6 of the registration certificate.
refusal-vehicles = There are { $vehicles } vehicles; 1 to 5 are possible. Keep those that are really used.
refusal-absence-not-noted = This absence is not noted. See those that are with: volunteer show, and give its first and last day as they are.
refusal-vehicle-unclear = This vehicle is none of those that are there, and one of them would go with its papers. To correct it, begin with its number (volunteer show), such as 1=4:0:6; for another vehicle, write new=4:0:6.
refusal-vehicle-number-unknown = No vehicle of this volunteer has that number, or it is given twice. See the numbers with: volunteer show
refusal-trips-per-week = A limit of { $trips } trips a week is not possible: 1 to 100, or 0 for none.
refusal-hours-per-week = A limit of { $hours } hours a week is not possible: 1 to 168, or 0 for none.
refusal-wished-m = { $metres } metres wished for in four weeks are not possible: 1 metre to 4 000 km, or 0 if nothing was told.
refusal-too-many-communes = The list has { $communes } communes; at most 400 are possible. Leave it empty for all.
refusal-search-kind-unknown = Only person, volunteer or prescriber can be looked for. Correct it, or give none for all.
