//! Reading JSON with the path at hand, so that whatever is wrong is told by its place, its value and what may stand there.

use std::str::FromStr;

use maillage_federation::ids::Id;
use serde_json::{Map, Value};

use crate::{
    fault::{Faults, Place, Why, repeated},
    times::{self, TELEGRAM_EXAMPLE},
};

/// An object of a telegram and its path.
pub(super) struct Walk<'a> {
    members: &'a Map<String, Value>,
    path: String,
    faults: &'a mut Faults,
}

impl<'a> Walk<'a> {
    /// An object at a path; a fault if it is none.
    pub(super) fn enter(value: &'a Value, path: String, faults: &'a mut Faults) -> Option<Self> {
        let Some(members) = value.as_object() else {
            let why = Why::Type { expected: "an object", found: kind(value) };
            faults.add(Place::Member { path }, why);
            return None;
        };
        Some(Self { members, path, faults })
    }

    /// The place of the object itself.
    pub(super) fn place(&self) -> Place {
        Place::Member { path: self.path.clone() }
    }

    /// The place of a member.
    pub(super) fn at(&self, name: &str) -> Place {
        Place::Member { path: format!("{}.{name}", self.path) }
    }

    /// Tells a fault of a member.
    pub(super) fn fault<T>(&mut self, name: &str, why: Why) -> Option<T> {
        let place = self.at(name);
        self.faults.add(place, why);
        None
    }

    /// Whether a member is there and not null.
    pub(super) fn has(&self, name: &str) -> bool {
        self.given(name).is_some()
    }

    fn given(&self, name: &str) -> Option<&'a Value> {
        self.members.get(name).filter(|value| !value.is_null())
    }

    /// A member that has to be there; null counts as missing.
    fn needed(&mut self, name: &str) -> Option<&'a Value> {
        let value = self.given(name);
        if value.is_none() {
            return self.fault(name, Why::Missing);
        }
        value
    }

    /// Something of a member that may be missing.
    #[expect(clippy::option_option, reason = "wrong; or missing, or a value")]
    pub(super) fn optional<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(&mut Self, &str) -> Option<T>,
    ) -> Option<Option<T>> {
        if self.has(name) { read(self, name).map(Some) } else { Some(None) }
    }

    /// An object below.
    pub(super) fn below(&mut self, name: &str) -> Option<Walk<'_>> {
        let value = self.needed(name)?;
        Walk::enter(value, format!("{}.{name}", self.path), self.faults)
    }

    /// An object below, if there is one: what has no field of its own in the profile.
    pub(super) fn beside(&mut self, name: &str) -> Option<Walk<'_>> {
        let value = self.given(name)?;
        Walk::enter(value, format!("{}.{name}", self.path), self.faults)
    }

    /// No other members than those.
    pub(super) fn closed(&mut self, allowed: &[&str]) {
        for name in self.members.keys().filter(|name| !allowed.contains(&name.as_str())) {
            let why = Why::NotOneOf { value: repeated(name), allowed: allowed.join(", ") };
            let place = self.place();
            self.faults.add(place, why);
        }
    }

    pub(super) fn text(&mut self, name: &str) -> Option<&'a str> {
        let value = self.needed(name)?;
        match value.as_str() {
            Some(text) => Some(text),
            None => self.fault(name, Why::Type { expected: "a text", found: kind(value) }),
        }
    }

    pub(super) fn truth(&mut self, name: &str) -> Option<bool> {
        let value = self.needed(name)?;
        match value.as_bool() {
            Some(truth) => Some(truth),
            None => self.fault(name, Why::Type { expected: "true or false", found: kind(value) }),
        }
    }

    /// A whole number in a range.
    pub(super) fn number(&mut self, name: &str, (least, most): (u32, u32)) -> Option<u32> {
        let value = self.needed(name)?;
        if !value.is_number() {
            return self.fault(name, Why::Type { expected: "a number", found: kind(value) });
        }
        let number = value.as_u64().and_then(|number| u32::try_from(number).ok());
        number.filter(|number| (least..=most).contains(number)).or_else(|| {
            let (least, most) = (least.to_string(), most.to_string());
            self.fault(name, Why::NotANumber { value: repeated(&value.to_string()), least, most })
        })
    }

    /// Thousandths of a number with decimals, those beyond the third left out.
    pub(super) fn thousandths(&mut self, name: &str, most: u32) -> Option<u32> {
        let value = self.needed(name)?;
        if !value.is_number() {
            return self.fault(name, Why::Type { expected: "a number", found: kind(value) });
        }
        let text = value.to_string();
        let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
        let part = part.get(..3).unwrap_or(part);
        let read = crate::amounts::thousandths(&format!("{whole}.{part}"), 3).filter(|read| *read <= most);
        read.or_else(|| {
            let (least, most) = ("0".to_owned(), (most / 1000).to_string());
            self.fault(name, Why::NotANumber { value: repeated(&text), least, most })
        })
    }

    /// An identifier.
    pub(super) fn id<K>(&mut self, name: &str) -> Option<Id<K>> {
        let text = self.text(name)?;
        let id = if text.len() == 36 { Id::from_str(text).ok() } else { None };
        id.or_else(|| self.fault(name, Why::NotAnId { value: repeated(text) }))
    }

    /// One of a table of codes.
    pub(super) fn code<T: Copy>(&mut self, name: &str, table: &[(&'static str, T)]) -> Option<T> {
        let text = self.text(name)?;
        let found = table.iter().find(|(code, _)| *code == text).map(|(_, value)| *value);
        found.or_else(|| {
            let allowed = table.iter().map(|(code, _)| *code).collect::<Vec<_>>().join(", ");
            self.fault(name, Why::NotOneOf { value: repeated(text), allowed })
        })
    }

    /// A list of texts; none at all counts as an empty list.
    pub(super) fn texts(&mut self, name: &str) -> Option<Vec<(Place, &'a str)>> {
        let Some(value) = self.given(name) else { return Some(Vec::new()) };
        let Some(list) = value.as_array() else {
            return self.fault(name, Why::Type { expected: "a list", found: kind(value) });
        };
        let mut texts = Vec::new();
        for (index, value) in list.iter().enumerate() {
            let member = format!("{name}[{index}]");
            match value.as_str() {
                Some(text) => texts.push((self.at(&member), text)),
                None => return self.fault(&member, Why::Type { expected: "a text", found: kind(value) }),
            }
        }
        Some(texts)
    }

    /// A time, which the profile wraps into an object. Milliseconds since 1970 UTC.
    pub(super) fn time(&mut self, name: &str) -> Option<i64> {
        self.below(name)?.instant("time")
    }

    /// A time as it is.
    pub(super) fn instant(&mut self, name: &str) -> Option<i64> {
        let text = self.text(name)?;
        times::read(text, TELEGRAM_EXAMPLE).map_or_else(|why| self.fault(name, why), Some)
    }

    /// Adds a fault elsewhere.
    pub(super) fn fault_at(&mut self, place: Place, why: Why) {
        self.faults.add(place, why);
    }
}

/// What a value is.
pub(super) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
