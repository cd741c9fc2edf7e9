//! A limit on everything this crate accepts, each with its reason. Only constants.

/// Characters of a name: the longest double names of the civil registry stay under it.
pub const NAME_CHARS: usize = 120;
/// Characters of an address without its commune: six lines of 38 characters (NF Z10-011).
pub const ADDRESS_CHARS: usize = 228;
/// Characters of notes for the driver: what fits on a day sheet, and in a sealed award.
pub const NOTES_CHARS: usize = 500;
/// Characters of a label, title or subject: one line of a page.
pub const LINE_CHARS: usize = 120;
/// Characters of an e-mail address (RFC 5321, § 4.5.3.1.3).
pub const EMAIL_CHARS: usize = 254;
/// Characters of a phone number as typed, separators included.
pub const PHONE_CHARS: usize = 32;
/// Fewest digits of a phone number: short numbers of public services have four.
pub const PHONE_DIGITS_MIN: usize = 4;
/// Most digits of a phone number (ITU-T E.164).
pub const PHONE_DIGITS_MAX: usize = 15;
/// Places for passengers in one vehicle: nine with the driver's, as in a transport d'utilité sociale.
pub const PASSENGER_PLACES: u8 = 8;
/// Longest drive a volunteer may set as a limit, in metres: mainland France is about 1 000 km across.
pub const DRIVE_M: u32 = 1_500_000;
/// Slots in a week of availability: six a day is more than anybody keeps in mind.
pub const WEEKLY_SLOTS: usize = 42;
/// Absences kept for one volunteer: one a week for two years.
pub const ABSENCES: usize = 104;
/// Dates with other hours kept for one volunteer: as absences, and one of each kind on a date.
pub const OVERRIDES: usize = 104;
/// Stretches of hours on one such date: as in a day of the week.
pub const DAY_STRETCHES: usize = 6;
/// Days of one absence: longer is no absence, the volunteer is inactive.
pub const ABSENCE_DAYS: i32 = 400;
/// How far ahead a trip may be asked for, in days: a yearly appointment and some weeks.
pub const AHEAD_DAYS: i64 = 400;
/// How much earlier or later than asked a trip may be, if nothing else is said, in seconds.
pub const TOLERANCE_DEFAULT_S: u32 = 30 * 60;
/// Most tolerance that can be given, in seconds: beyond, it is another trip.
pub const TOLERANCE_S: u32 = 4 * 3600;
/// A cancellation this short before the earliest pickup is late, in seconds: drivers are planned the day before.
pub const LATE_CANCELLATION_S: i64 = 24 * 3600;
/// Events of one trip after which nobody can be asked any more: something loops, a person must look.
pub const HISTORY_EVENTS: usize = 64;
/// Most cents of one amount, either way: ten million euros, a hundred times a platform's yearly budget.
pub const AMOUNT_CENTS: i64 = 1_000_000_000;
/// Places of a vehicle, the driver's included (art. R.3133-3 code des transports).
pub const VEHICLE_SEATS: u8 = 9;
/// Characters of a registration plate, dashes included: the longest of Europe have ten.
pub const PLATE_CHARS: usize = 12;
/// Metres on an odometer, at most: a minibus is worn out at half of it.
pub const ODOMETER_M: u32 = 2_000_000_000;
/// Outages kept for one thing of the fleet: one a fortnight for eight years.
pub const OUTAGES: usize = 200;
/// Longest loan, in days: beyond a year and some days the thing has changed hands for good.
pub const LOAN_DAYS: i64 = 400;
/// Hours of driving lessons for one licence: three times the usual number.
pub const LESSON_HOURS: u16 = 200;
/// Things in one basket: more than anybody can follow.
pub const BASKET_ITEMS: usize = 40;
/// How long before its day a follow-up may be made, in days: earlier, it is another question.
pub const FOLLOW_UP_EARLY_DAYS: i32 = 31;
/// Years whose people a carrier keeps: returns to the prefect may be asked for again for some years.
pub const HEADCOUNT_YEARS: usize = 20;
/// Lines of one volunteer statement: ten trips a day for a month, and as many tickets.
pub const STATEMENT_LINES: usize = 620;
/// Tax reductions for gifts, in per cent: art. 200, 1 and 1 ter CGI.
pub const TAX_RATES_PERCENT: [u8; 2] = [66, 75];
/// Characters of the code of a ground of eligibility: abbreviations of French social law have at most six.
pub const GROUND_CODE_CHARS: usize = 24;
/// Grounds kept for one person: a few at a time, over the years of a file.
pub const GROUNDS: usize = 20;
/// Earliest year of birth: nobody alive was born before.
pub const BIRTH_YEAR_MIN: i16 = 1900;
/// Highest quotient familial, in euros a month: beyond, it decides nothing.
pub const QUOTIENT_EUROS: u32 = 10_000;
/// People that one file may name to be avoided: more is a case for a talk.
pub const AVOID: usize = 50;
/// Vehicles of one volunteer.
pub const VEHICLES: usize = 5;
/// Highest fiscal horsepower (art. 1010 ter CGI): the strongest cars on the road stay under it.
pub const FISCAL_POWER_MAX: u8 = 50;
/// Trips a week a volunteer may set as a limit: beyond, it is none.
pub const TRIPS_PER_WEEK: u8 = 100;
/// Hours a week a volunteer may set as a limit: there are no more.
pub const HOURS_PER_WEEK: u8 = 168;
/// Metres a volunteer may wish to drive in 28 days: a working day on the road each day.
pub const WISHED_M: u32 = 4_000_000;
/// Communes a volunteer may keep to: a large territory has about 150.
pub const COMMUNES: usize = 400;
/// Trips of one driver offer: an outbound and its return, each with everybody who rides along, and all that a car that is never
/// empty takes in a day.
pub const OFFER_TRIPS: usize = 64;
/// Events kept for one offer: asked, reminders and calls; more calls replace the newest.
pub const OFFER_EVENTS: usize = 32;
/// How much later than due a node acts on an offer before it takes itself to have been off, in seconds: its workers never
/// pause longer than five minutes.
pub const OFFER_STALE_S: i64 = 30 * 60;
/// Paces of an offer policy: nobody keeps more than a handful in mind.
pub const OFFER_PACES: usize = 8;
/// Longest lead, reminder or time-out of a pace, in minutes: thirty days.
pub const OFFER_LEAD_MIN: u32 = 30 * 24 * 60;
/// Reminders of one offer: more is harassment.
pub const OFFER_REMINDERS: u8 = 3;
/// Volunteers asked in turn by the node itself: after that a person has to look.
pub const OFFER_ROUNDS: u8 = 20;
/// Attempts to hand one message over: with the pauses below, more than a month.
pub const MESSAGE_ATTEMPTS: u16 = 1_000;
/// Pause after the first failed attempt to hand a message over, in seconds.
pub const MESSAGE_BACK_OFF_S: i64 = 60;
/// Longest pause between two attempts, in seconds: a mail server that is back is noticed within the hour.
pub const MESSAGE_BACK_OFF_LONGEST_S: i64 = 3600;
/// Characters of the name of an account: short enough for a column of the journal.
pub const ACCOUNT_LABEL_CHARS: usize = 40;
/// Characters of the name of an account at least: one letter is a slip of the finger.
pub const ACCOUNT_LABEL_CHARS_MIN: usize = 2;
/// Days a token is valid at most: two years, so that one that was lost does not open for ever.
pub const ACCOUNT_DAYS: u16 = 730;
/// Words of a query that are looked at: nobody types more on the phone.
pub const QUERY_WORDS: usize = 8;
/// Files looked at when somebody could be known already: the commonest names of a territory have fewer.
pub const DUPLICATE_CANDIDATES: usize = 200;
/// Exceptions of one series: one a week for four years.
pub const SERIES_EXCEPTIONS: usize = 208;
/// Most weeks between two weeks of a series: once a year.
pub const SERIES_WEEKS: u8 = 52;
/// How many times a series that counts may come: every day for a year.
pub const SERIES_COUNT: u16 = 366;
/// How many years after its first a series that ends may do so.
pub const SERIES_YEARS: i16 = 5;
/// How far ahead the trips of a series are made if nothing else is said, in days: four weeks are what a desk plans.
pub const SERIES_HORIZON_DAYS: u16 = 28;
/// Furthest that the trips of a series may be made, in days: what one transaction writes stays small.
pub const SERIES_HORIZON_DAYS_MAX: u16 = 92;
/// Characters of a password at least: three or four words (ANSSI-PG-078, R21).
pub const PASSWORD_CHARS_MIN: usize = 12;
/// Characters of a password at most: far more than anybody types, and nothing that keeps the hash busy.
pub const PASSWORD_CHARS: usize = 256;
/// How long a one-time link into the console is valid, in seconds: until somebody is back at the desk.
pub const ENTRY_LINK_S: i64 = 48 * 3600;
/// People served in a year below which nothing is declared about it: as few could be told apart.
pub const BENEFICIARIES_TO_DECLARE: u64 = 11;
/// Largest part of one person in a sum that is declared, in hundredths.
pub const DOMINANCE_PERCENT: u32 = 85;
