//! Codes, times and distances as a coordinator reads them. Must never change what it words: JSON has the original.

use jiff::{Timestamp, Zoned, civil::DateTime};
use maillage_federation::month::paris;
use maillage_geography::{Geography, InseeCode, Siren};
use maillage_platform::{
    i18n::{Catalog, FluentValue, Language},
    refusal::{Refusal, RefusalKind},
};
use maillage_proto::node::v1 as proto;

/// The texts in the reader's language.
#[derive(Clone, Copy)]
pub(crate) struct Words<'a> {
    catalog: &'a Catalog,
    language: Language,
    on_pages: bool,
}

impl<'a> Words<'a> {
    /// The texts of `catalog` in `language`.
    pub(crate) fn new(catalog: &'a Catalog, language: Language) -> Self {
        Self { catalog, language, on_pages: false }
    }

    /// The same for somebody who has pages and no commands: a refusal that names a command is said otherwise there.
    pub(crate) fn on_pages(self) -> Self {
        Self { on_pages: true, ..self }
    }

    /// The texts.
    pub(crate) fn catalog(self) -> &'a Catalog {
        self.catalog
    }

    /// The reader's language.
    pub(crate) fn language(self) -> Language {
        self.language
    }

    /// A sentence.
    pub(crate) fn text(self, key: &str, args: &[(&str, FluentValue<'_>)]) -> String {
        self.catalog.text(self.language, key, args)
    }

    /// A code of a closed list, such as `status` and `picked-up`; the code itself if there is no word for it.
    pub(crate) fn code(self, list: &str, code: &str) -> String {
        let key = format!("{list}-{code}");
        if self.catalog.has(self.language, &key) { self.text(&key, &[]) } else { code.to_owned() }
    }

    /// Several codes of a closed list.
    pub(crate) fn codes(self, list: &str, codes: &[String]) -> String {
        codes.iter().map(|code| self.code(list, code)).collect::<Vec<_>>().join(", ")
    }

    /// Yes or no.
    pub(crate) fn yes(self, yes: bool) -> String {
        self.text(if yes { "word-yes" } else { "word-no" }, &[])
    }

    /// Date and time in Europe/Paris of an RFC 3339 instant; other texts stay as they are.
    pub(crate) fn instant(self, text: &str) -> String {
        zoned(text).map_or_else(|| text.to_owned(), |at| self.date_and_time(at.datetime()))
    }

    /// Several instants.
    pub(crate) fn instants(self, texts: &[String]) -> String {
        texts.iter().map(|text| self.instant(text)).collect::<Vec<_>>().join(" / ")
    }

    /// A stretch of time; the day is said once if it is the same.
    pub(crate) fn span(self, start: &str, end: &str) -> String {
        match (zoned(start), zoned(end)) {
            (Some(from), Some(to)) if from.date() == to.date() => {
                format!("{} – {}", self.date_and_time(from.datetime()), self.time(to.datetime()))
            }
            _ => format!("{} – {}", self.instant(start), self.instant(end)),
        }
    }

    /// Kilometres with one decimal.
    pub(crate) fn kilometres(self, metres: u32) -> String {
        let tenths = metres / 100 + u32::from(metres % 100 >= 50);
        let (whole, tenth) = ((tenths / 10).to_string(), (tenths % 10).to_string());
        self.text("distance-km", &[("whole", whole.into()), ("tenth", tenth.into())])
    }

    /// Hours and minutes, rounded up to the minute.
    pub(crate) fn duration(self, seconds: u64) -> String {
        let minutes = seconds.div_ceil(60);
        let (hours, rest) = (minutes / 60, minutes % 60);
        let shown = [("hours", hours.to_string().into()), ("minutes", two_digits(rest).into())];
        match hours {
            0 => self.text("duration-minutes", &[("minutes", rest.to_string().into())]),
            _ => self.text("duration-hours", &shown),
        }
    }

    /// A number with decimals, cut to `decimals`.
    pub(crate) fn decimal(self, number: f64, decimals: usize) -> String {
        format!("{number:.decimals$}").replace('.', &self.text("decimal-mark", &[]))
    }

    /// A weekly availability, with the days of the week as the reader writes them.
    pub(crate) fn availability(self, text: &str) -> String {
        let slots = text.split(',').map(|slot| match slot.trim().split_once(' ') {
            Some((day, hours)) => format!("{} {hours}", self.code("slot-day", day)),
            None => slot.trim().to_owned(),
        });
        slots.collect::<Vec<_>>().join(", ")
    }

    /// Several phrases in one line.
    pub(crate) fn one_after_another(self, phrases: impl Iterator<Item = String>) -> String {
        phrases
            .reduce(|first, then| self.text("and-then", &[("first", first.into()), ("then", then.into())]))
            .unwrap_or_default()
    }

    /// Days off, each `YYYY-MM-DD..YYYY-MM-DD`.
    pub(crate) fn absences(self, absences: &[String]) -> String {
        let days = absences.iter().map(|absence| match absence.split_once("..") {
            Some((first, last)) if first != last => format!("{} – {}", self.moment(first), self.moment(last)),
            Some((day, _)) => self.moment(day),
            None => self.moment(absence),
        });
        self.one_after_another(days)
    }

    /// Where a trip stands: its status with the reason, and who is responsible if it is not simply ours.
    pub(crate) fn standing(self, trip: &proto::Trip) -> String {
        let mut standing = self.code("status", &trip.status);
        if !trip.reason.is_empty() {
            let list = match trip.status.as_str() {
                "cancelled" => "cancelled-by",
                "no-show" => "absentee",
                _ => "unmet",
            };
            let why = if trip.cancel_reason.is_empty() || trip.cancel_reason == "unspecified" {
                String::new()
            } else {
                format!(", {}", self.code("cancel-reason", &trip.cancel_reason))
            };
            standing = format!("{standing} ({}{why})", self.code(list, &trip.reason));
        }
        if !trip.custody.is_empty() && trip.custody != "local" {
            standing = format!("{standing}, {}", self.code("custody", &trip.custody));
        }
        standing
    }

    /// Why somebody can or cannot drive.
    pub(crate) fn reason(self, reason: &proto::Reason) -> String {
        let proto::Reason { code, figures } = reason;
        let key = format!("reason-{code}");
        if !self.catalog.has(self.language, &key) {
            return code.clone();
        }
        let figures: Vec<(&str, String)> =
            figures.iter().map(|(name, value)| (name.as_str(), self.detail(name, value))).collect();
        let args: Vec<(&str, FluentValue<'_>)> =
            figures.iter().map(|(name, value)| (*name, argument(value))).collect();
        self.text(&key, &args)
    }

    /// Why nobody can be planned for a trip, with what is missing in its unit.
    pub(crate) fn obstacle(self, code: &str, missing: u64) -> String {
        let amount = match code {
            "trip-too-long" | "metres-of-day" => self.kilometres(u32::try_from(missing).unwrap_or(u32::MAX)),
            "no-vehicle" | "vehicle-too-small" | "full" => missing.to_string(),
            _ => self.duration(missing),
        };
        self.text(&format!("dispatch-why-{code}"), &[("amount", amount.into())])
    }

    /// Why something is not free, in the words of the refusal it would meet.
    pub(super) fn refusal_of(self, reason: &proto::Reason) -> String {
        let proto::Reason { code, figures } = reason;
        let plain = Refusal::new(RefusalKind::Conflict, code.clone());
        self.refusal(&figures.iter().fold(plain, |refusal, (name, value)| refusal.with(name, value)))
    }

    /// A refusal in words, with the codes, times and distances of its details worded.
    pub(crate) fn refusal(self, refusal: &Refusal) -> String {
        let plain = Refusal::new(refusal.kind(), refusal.reason().to_owned());
        let worded = refusal
            .details()
            .iter()
            .fold(plain, |worded, (name, value)| worded.with(name, self.detail(name, value)));
        match self.page_key(refusal.reason()) {
            Some(key) => self.catalog.refusal_under(self.language, &key, &worded),
            None => self.catalog.refusal(self.language, &worded),
        }
    }

    /// The message of a refusal as pages say it, where they say it otherwise.
    fn page_key(self, reason: &str) -> Option<String> {
        let key = format!("desk-refusal-{reason}");
        (self.on_pages && self.catalog.has(self.language, &key)).then_some(key)
    }

    /// The detail of something that happened to a trip; which list it is of depends on what happened.
    pub(crate) fn event_detail(self, kind: &str, detail: &str) -> String {
        let lists = [
            ("refused", "driver-refusal"),
            ("cancelled", "cancelled-by"),
            ("unmet", "unmet"),
            ("outcome", "outcome"),
        ];
        let list = lists.iter().find(|(part, _)| kind.contains(part));
        list.map_or_else(|| detail.to_owned(), |(_, list)| self.code(list, detail))
    }

    /// What the hub or the node refused last, by its code alone.
    pub(crate) fn refusal_code(self, code: &str) -> String {
        match self.page_key(code) {
            Some(key) => self.text(&key, &[]),
            None if code.is_empty() => String::new(),
            None => self.code("refusal", code),
        }
    }

    /// Where a report stands; a refusal by the hub comes with its code.
    pub(crate) fn report_state(self, state: &str) -> String {
        match state.split_once(": ") {
            Some((state, code)) => {
                format!("{} ({})", self.code("report-state", state), self.refusal_code(code))
            }
            None => self.code("report-state", state),
        }
    }

    /// A detail of a refusal or a figure of a reason, in words according to its name; units are last in names.
    pub(crate) fn detail(self, name: &str, value: &str) -> String {
        match name {
            "status" | "custody" | "field" | "need" | "step" | "stage" | "milestone" | "outage"
            | "upkeep" | "document" | "channel" => self.code(name, value),
            "router" => self.code("router-error", value),
            "agreed" => self.codes("agreement", &value.split(' ').map(str::to_owned).collect::<Vec<_>>()),
            "state" => self.code("handover-state", value),
            "loan_state" => self.code("loan-state", value),
            "service_state" => self.code("service-state", value),
            "referral_state" => self.code("referral-state", value),
            "service" | "wanted_service" => self.code("service-kind", value),
            "holiday" => self.code("public-holiday", value),
            "school_period" => self.code("school-period", value),
            "code" => self.code("why-not", value),
            "action" => self.code("action", &slug(value)),
            "reasons" => self.one_after_another(value.split(',').map(|code| self.code("frame-word", code))),
            "which" => self.code("leg", value),
            "leg" => self.code("leg", if value == "1" { "return" } else { "outbound" }),
            "commune" | "home" => commune(value),
            "territory" | "invited" | "successor" => territory(value),
            "metres" | "m" => self.metres(value),
            "seconds" | "s" => self.seconds(value),
            name if name.ends_with("_m") => self.metres(value),
            name if name.ends_with("_s") => self.seconds(value),
            "arrival" | "until" | "since" | "at" | "day" | "begins" => self.moment(value),
            // Whatever it is called: nobody reads an instant of UTC, nor a date and time as a computer writes them.
            _ => {
                let civil = || value.parse::<DateTime>().ok().filter(|_| value.contains('T'));
                let at = zoned(value).map(|at| at.datetime()).or_else(civil);
                at.map_or_else(|| value.to_owned(), |at| self.date_and_time(at))
            }
        }
    }

    fn metres(self, value: &str) -> String {
        value.parse().map_or_else(|_| value.to_owned(), |metres| self.kilometres(metres))
    }

    fn seconds(self, value: &str) -> String {
        value.parse().map_or_else(|_| value.to_owned(), |seconds| self.duration(seconds))
    }

    /// An instant, or a day.
    pub(crate) fn moment(self, value: &str) -> String {
        match value.parse::<jiff::civil::Date>() {
            Ok(day) if value.len() == 10 => self.date(day),
            Ok(_) | Err(_) => self.instant(value),
        }
    }

    fn date_and_time(self, at: DateTime) -> String {
        self.text("date-and-time", &[("date", self.date(at.date()).into()), ("time", self.time(at).into())])
    }

    /// A civil day.
    pub(crate) fn day(self, day: jiff::civil::Date) -> String {
        self.date(day)
    }

    fn date(self, day: jiff::civil::Date) -> String {
        let weekday = self.code("weekday", &day.weekday().to_monday_one_offset().to_string());
        let month = self.code("month", &day.month().to_string());
        self.text(
            "date",
            &[
                ("weekday", weekday.into()),
                ("day", day.day().to_string().into()),
                ("month", month.into()),
                ("year", day.year().to_string().into()),
            ],
        )
    }

    /// The time of a day.
    pub(crate) fn time_of_day(self, at: DateTime) -> String {
        self.time(at)
    }

    fn time(self, at: DateTime) -> String {
        let minute = two_digits(u64::from(at.minute().unsigned_abs()));
        self.text("time-of-day", &[("hour", at.hour().to_string().into()), ("minute", minute.into())])
    }
}

/// Where: address and commune.
pub(crate) fn place(place: Option<&proto::Place>) -> String {
    let town = place_commune(place);
    match place {
        Some(place) if !place.address.is_empty() => format!("{}, {town}", place.address),
        Some(_) | None => town,
    }
}

/// Where: the commune alone.
pub(crate) fn place_commune(place: Option<&proto::Place>) -> String {
    let Some(proto::Place { commune: code, address: _, commune_name }) = place else { return String::new() };
    if commune_name.is_empty() { commune(code) } else { commune_name.clone() }
}

/// A commune with its code: `Albi (81004)`.
pub(crate) fn commune(code: &str) -> String {
    let known = InseeCode::parse(code).ok().and_then(|code| Geography::embedded().commune(&code));
    known.map_or_else(|| code.to_owned(), |commune| format!("{} ({code})", commune.name))
}

fn zoned(text: &str) -> Option<Zoned> {
    text.parse::<Timestamp>().ok().map(|instant| instant.to_zoned(paris()))
}

fn territory(siren: &str) -> String {
    let known = Siren::parse(siren).ok().and_then(|siren| Geography::embedded().territory(&siren));
    known.map_or_else(|| siren.to_owned(), |territory| format!("{} ({siren})", territory.short_name))
}

fn two_digits(number: u64) -> String {
    format!("{number:02}")
}

/// `pick up the person of` becomes `pick-up-the-person-of`, the end of a message's name.
fn slug(phrase: &str) -> String {
    let letters = phrase.chars().filter(|letter| *letter != '\'');
    letters.map(|letter| if letter == ' ' { '-' } else { letter }).collect()
}

/// A number only if it is written as one, so that plurals work and `05100` stays a postcode.
fn argument(value: &str) -> FluentValue<'_> {
    match value.parse::<i64>() {
        Ok(number) if number.to_string() == value => FluentValue::from(number),
        Ok(_) | Err(_) => FluentValue::from(value),
    }
}
