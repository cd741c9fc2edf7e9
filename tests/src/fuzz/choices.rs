//! Choices read from bytes, so that a fuzzer that turns bytes over turns decisions over. When the bytes end, every choice is the
//! first one and every text is empty: a body always comes to its end.

/// Texts that have broken programs: ends of lines, quotes, templates, formulas, directions, numbers at their ends, the days on
/// which clocks are changed, and long ones.
pub(super) const HOSTILE: [&str; 47] = [
    "",
    " ",
    "\u{a0}",
    "\n",
    "\r",
    "x\r\nBcc: autre@exemple.fr",
    "x\nBcc: autre@exemple.fr\n\ncorps",
    "x\rBcc: autre@exemple.fr",
    "x\r\n\r\n.\r\nMAIL FROM:<a@exemple.fr>",
    "x\r\nEND:VEVENT\r\nBEGIN:VEVENT",
    "\u{0}",
    "\u{b}\u{c}",
    "\u{85}x\u{2028}y\u{2029}z",
    "\u{1b}[31m",
    "\u{202e}tac\u{202c}",
    "\u{feff}x",
    "e\u{301}\u{301}\u{301}",
    "é",
    "𝕏",
    "=?utf-8?q?a=0D=0ABcc=3A?=",
    "=2+2",
    "'",
    "''=x",
    "\"",
    "\\",
    "\\n,;:",
    "{to}",
    "{ $recipient }",
    "<script>&amp;",
    "a;b,c\td|e",
    "-1",
    "0",
    "1",
    "4294967295",
    "9223372036854775807",
    "99999999999999999999999",
    "0,005",
    "1e309",
    "NaN",
    "0000-00-00",
    "-009999-01-01",
    "9999-12-31",
    "9999-12-31T23:59",
    "2026-03-29T02:30",
    "2026-10-25T02:30",
    "2024-02-29",
    "Bénévole Synthétique",
];

/// Numbers at which something ends.
const NUMBERS: [u64; 16] = [
    0,
    1,
    2,
    9,
    60,
    1_000,
    0x7fff,
    0xffff,
    0x7fff_ffff,
    0x8000_0000,
    0xffff_ffff,
    0x1_0000_0000,
    1_790_000_000_000,
    0x7fff_ffff_ffff_ffff,
    0x8000_0000_0000_0000,
    u64::MAX,
];

/// Longest text made of bytes as they are.
const PLAIN_BYTES: usize = 64;

/// Bytes that decide.
pub(super) struct Choices<'a> {
    rest: &'a [u8],
}

impl<'a> Choices<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// Whether nothing is left to decide with.
    pub(super) fn are_over(&self) -> bool {
        self.rest.is_empty()
    }

    /// The next byte; zero at the end.
    pub(super) fn byte(&mut self) -> u8 {
        let Some((byte, rest)) = self.rest.split_first() else { return 0 };
        self.rest = rest;
        *byte
    }

    /// A number below `sides`, which is not zero.
    pub(super) fn below(&mut self, sides: usize) -> usize {
        let byte = usize::from(self.byte());
        if sides <= 256 { byte % sides } else { ((byte << 8) | usize::from(self.byte())) % sides }
    }

    /// One of several, which are not none.
    pub(super) fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        let place = self.below(of.len());
        *of.get(place).expect("a place below the length")
    }

    /// Up to so many bytes as they are.
    pub(super) fn bytes(&mut self, limit: usize) -> &'a [u8] {
        let wanted = self.below(limit + 1).min(self.rest.len());
        let (taken, rest) = self.rest.split_at(wanted);
        self.rest = rest;
        taken
    }

    /// Any number: one at which something ends, a small one, or eight bytes.
    pub(super) fn number(&mut self) -> u64 {
        match self.below(3) {
            0 => self.pick(&NUMBERS),
            1 => u64::from(self.byte()),
            _ => (0..8).fold(0, |number, _| (number << 8) | u64::from(self.byte())),
        }
    }

    /// Any number of 32 bits.
    pub(super) fn short(&mut self) -> u32 {
        u32::try_from(self.number() & u64::from(u32::MAX)).unwrap_or_default()
    }

    /// Any text: a hostile one, a part of one repeated until it is long, or bytes as they are.
    pub(super) fn text(&mut self) -> String {
        match self.below(4) {
            0 | 1 => self.pick(&HOSTILE).to_owned(),
            2 => self.pick(&HOSTILE).repeat(1 + usize::from(self.byte())),
            _ => String::from_utf8_lossy(self.bytes(PLAIN_BYTES)).into_owned(),
        }
    }

    /// An instant between the years 1653 and 2242.
    pub(super) fn instant(&mut self) -> jiff::Timestamp {
        let seconds = i64::try_from(self.number() >> 30).unwrap_or_default() - (1 << 33);
        jiff::Timestamp::from_second(seconds).expect("within ten thousand years")
    }
}
