//! A limit on everything two parties exchange, each with its reason.

/// Largest body of an envelope, in bytes: an award is under 20 KiB; more is a mistake or an attack.
pub const BODY_BYTES: usize = 64 * 1024;
/// Largest gRPC message between node and hub, in bytes: an envelope that carries another, and room.
pub const MESSAGE_BYTES: usize = 256 * 1024;
/// Largest signed directory, in bytes: 1 253 territories take about half a megabyte.
pub const DIRECTORY_BYTES: usize = 4 * 1024 * 1024;
/// Largest plain text to seal, in bytes: keeps the sealed form well under [`BODY_BYTES`].
pub const SEALED_PLAIN_BYTES: usize = 16 * 1024;
/// Size classes to which plain text is padded, in bytes: the length of an address tells nothing.
pub const SEALED_CLASSES: [usize; 4] = [1024, 4096, 8192, SEALED_PLAIN_BYTES + 4];
/// Legs in one handover: an outbound and a return.
pub const LEGS: usize = 2;
/// Seats in one offer: a vehicle has at most 9 places, one is the driver's.
pub const SEATS: u32 = 8;
/// Longest time a candidate may be given to accept, in seconds: two days.
pub const ACCEPT_WITHIN_S: u32 = 2 * 24 * 3600;
/// Shortest time a candidate may be given to accept, in seconds: a courier's round trip.
pub const ACCEPT_WITHIN_MIN_S: u32 = 60;
/// Furthest reply-by from now, in milliseconds: sixty days.
pub const REPLY_BY_MS: i64 = 60 * 24 * 3600 * 1000;
/// Longest distance band in metres: mainland France is about 1 000 km across.
pub const DISTANCE_M: u32 = 1_500_000;
/// Rounds of one handover: more means that something loops.
pub const ROUNDS: u32 = 100;
/// Characters in a name, a phone, an address or a note of an award.
pub const TEXT_CHARS: usize = 500;
/// Communes one node may declare: the largest EPCI has 158.
pub const COMMUNES_SERVED: usize = 400;
/// Model sections in one report.
pub const MODEL_SECTIONS: usize = 20;
/// Largest absolute value of a noisy cell: a node has at most 20 000 trips a year.
pub const CELL: i64 = 1_000_000;
/// Largest absolute value of a noisy count of persons: the largest platforms know some thousands.
pub const PERSONS_CELL: i64 = 100_000;
/// Off-clock tolerated in a renewal, in milliseconds: a day.
pub const RENEWAL_SKEW_MS: i64 = 24 * 3600 * 1000;
/// Words that origin and holder may send each other about one handover.
pub const WORDS: u32 = 200;
/// Words kept back for what is thought of the outcome, however much was said before.
pub const WORDS_AFTER: u32 = 20;
/// Times and places are locked this long before the first pickup, in milliseconds: a change is then asked for by phone.
pub const CHANGE_LOCK_MS: i64 = 24 * 3600 * 1000;
/// What a restored hub may have forgotten about a trip is still presented, and waited for, so long after the trip, in
/// milliseconds: a week, for an account that is written late and a node that is mended.
pub const PRESENTED_AFTER_MS: i64 = 7 * 24 * 3600 * 1000;
/// Longest code in a word, in characters.
pub const CODE_CHARS: usize = 64;
/// Highest rate for a kilometre in an agreement, in cents: ten euros; more is a slip of the pen.
pub const AGREEMENT_KM_CENTS: u32 = 1_000;
/// Highest amount for a trip, an absence or a call-off at the door in an agreement, in cents: a thousand euros.
pub const AGREEMENT_FLAT_CENTS: u32 = 100_000;
/// Versions of one agreement that both have signed: two a year for sixteen years. All travel with every notice.
pub const AGREEMENT_VERSIONS: usize = 32;
/// Proposals that two members may make each other in all, so that nobody fills the other's mailbox with them.
pub const AGREEMENT_NUMBERS: u32 = 200;
/// Highest revision of an agreement: more than all its proposals, answers and ends come to.
pub const AGREEMENT_REVISIONS: u64 = 1_000_000;
/// Lines of one statement: a territory of 20 000 trips a year has less than twice as many a month, for all its neighbours.
pub const SETTLEMENT_LINES: usize = 1_000;
/// Size classes to which a statement is padded, in bytes: those of everything sealed, and two for long months.
pub const SETTLEMENT_CLASSES: [usize; 6] = [1024, 4096, 8192, SEALED_PLAIN_BYTES + 4, 32 * 1024, 48 * 1024];
/// Most that a carrier can have collected for one leg, in cents: a thousand euros.
pub const CONTRIBUTION_CENTS: u32 = 100_000;
/// Statements of one member that wait in the mailbox of another: both directions of a year, each signed twice.
pub const SETTLEMENTS_WAITING: usize = 48;
/// A month is settled within so many months after its end: five years.
pub const SETTLEMENT_MONTHS: i32 = 60;
/// A trip called off from that long before the beginning of its window finds the driver at the door, or nearly, in
/// milliseconds: half an hour.
pub const AT_THE_DOOR_MS: i64 = 30 * 60 * 1000;
/// First year that a platform declares: the law on these transports is of 2019.
pub const ACCOUNTS_FIRST_YEAR: i16 = 2019;
/// Last year that a platform declares: beyond it is a slip of the pen.
pub const ACCOUNTS_LAST_YEAR: i16 = 2200;
/// Revisions of the declaration about one year: a mistake a month for years.
pub const ACCOUNTS_REVISIONS: u32 = 100;
/// Largest amount in a declaration, in cents: a hundred million euros; no platform costs that.
pub const ACCOUNTS_CENTS: u64 = 10_000_000_000;
/// Amounts are declared in steps of a hundred euros: what most people owe in a year is less, so that two revisions tell nobody's amount.
pub const ACCOUNTS_CENTS_STEP: u64 = 10_000;
/// Most vehicles in a declaration.
pub const ACCOUNTS_VEHICLES: u32 = 5_000;
/// Most full-time equivalents in a declaration, in hundredths: two thousand people.
pub const ACCOUNTS_FTE_HUNDREDTHS: u32 = 200_000;
/// Most trips in a declaration: fifty times those of the busiest territory.
pub const ACCOUNTS_TRIPS: u32 = 1_000_000;
/// Trips are declared in steps of fifty: a difference of one person's trips is hardly ever seen.
pub const ACCOUNTS_TRIPS_STEP: u32 = 50;
/// Most solutions opened in one year by one platform; the national target is 400 for all.
pub const ACCOUNTS_SOLUTIONS: u32 = 1_000;
