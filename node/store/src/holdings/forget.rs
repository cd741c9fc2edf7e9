//! Taking somebody out of rows. Idempotent: a row that holds nothing more of the person is not written again.

use maillage_domain::text::Name;
use maillage_engine::{EngineError, Loose, Transaction, Value, View};

use super::{Blank, Fate, HeldRow, Whose, rows::rows_of};

/// The rows about somebody that have to change still, at most `limit`.
pub fn outstanding(
    view: &(impl View + ?Sized),
    whose: Whose,
    limit: usize,
) -> Result<Vec<HeldRow>, EngineError> {
    outstanding_of(view, &[whose], limit)
}

/// The same for several people in one reading of the store.
pub fn outstanding_of(
    view: &(impl View + ?Sized),
    people: &[Whose],
    limit: usize,
) -> Result<Vec<HeldRow>, EngineError> {
    let mut found = Vec::new();
    rows_of::<EngineError>(view, people, &mut |row| {
        if found.len() < limit && row.has_to_change() {
            found.push(row);
        }
        Ok(())
    })?;
    Ok(found)
}

/// Takes the person out of a row; the row is read again, for it may have changed.
pub fn forget(transaction: &mut Transaction<'_>, row: &HeldRow) -> Result<(), EngineError> {
    let (tree, key) = (row.holding.tree, row.key.as_slice());
    match row.bond.fate {
        Fate::Keep(_) => Ok(()),
        Fate::Delete => transaction.delete(tree, key),
        Fate::Remove(change) | Fate::Rewrite(change, _) => change(transaction, key),
        Fate::Blank(fields) => {
            let Some(bytes) = transaction.get(tree, key)? else { return Ok(()) };
            let mut record = Loose::decode(&bytes)?;
            blank(&mut record.payload, fields);
            transaction.put(tree, key, record.encode()?)
        }
    }
}

impl HeldRow {
    fn has_to_change(&self) -> bool {
        match self.bond.fate {
            Fate::Keep(_) => false,
            Fate::Delete | Fate::Remove(_) => true,
            Fate::Blank(fields) | Fate::Rewrite(_, fields) => {
                self.record.as_ref().is_some_and(|record| holds(&record.payload, fields))
            }
        }
    }
}

fn blank(value: &mut Value, names: &[(&str, Blank)]) {
    match value {
        Value::Map(fields) => {
            for (key, value) in fields {
                match key.text().and_then(|key| names.iter().find(|(name, _)| *name == key)) {
                    Some((_, stand_in)) => stand_in.put(value),
                    None => blank(value, names),
                }
            }
        }
        Value::List(values) => values.iter_mut().for_each(|value| blank(value, names)),
        Value::Nil
        | Value::Bool(_)
        | Value::Negative(_)
        | Value::Number(_)
        | Value::Float(_)
        | Value::Text(_)
        | Value::Bytes(_) => {}
    }
}

/// Whether a field of one of the names is not emptied.
fn holds(value: &Value, names: &[(&str, Blank)]) -> bool {
    match value {
        Value::Map(fields) => fields.iter().any(|(key, value)| {
            match key.text().and_then(|key| names.iter().find(|(name, _)| *name == key)) {
                Some((_, stand_in)) => !stand_in.stands_in(value),
                None => holds(value, names),
            }
        }),
        Value::List(values) => values.iter().any(|value| holds(value, names)),
        Value::Nil
        | Value::Bool(_)
        | Value::Negative(_)
        | Value::Number(_)
        | Value::Float(_)
        | Value::Text(_)
        | Value::Bytes(_) => false,
    }
}

impl Blank {
    /// What stands there instead of a value.
    fn instead_of(self, value: &Value) -> Value {
        match self {
            // Nothing stays nothing: an optional field is not made a text.
            _ if *value == Value::Nil => Value::Nil,
            Self::Empty => Value::Text(String::new()),
            Self::Withheld => Value::Text(Name::withheld().as_str().to_owned()),
            Self::Nil => Value::Nil,
            Self::List => Value::List(Vec::new()),
            Self::No => Value::Bool(false),
            Self::Code(code) => Value::Text(code.to_owned()),
            Self::After(beginning) => match value.text() {
                Some(text) if text.starts_with(beginning) => Value::Text(format!("{beginning}withheld")),
                Some(_) | None => value.clone(),
            },
        }
    }

    fn put(self, place: &mut Value) {
        *place = self.instead_of(place);
    }

    fn stands_in(self, value: &Value) -> bool {
        *value == self.instead_of(value)
    }
}
