//! Order-preserving keys. Must never encode two different keys to the same bytes.

use crate::record::RecordError;

/// A key whose bytes sort as the values do.
///
/// Inside a tuple every component but the last is written by [`Key::write_part`], which makes it self-delimiting,
/// so that rows sharing the first components lie together and [`crate::Table::scan_prefix`] finds them.
pub trait Key {
    /// The bytes of the key.
    fn to_key(&self) -> Vec<u8>;

    /// Reads the bytes back.
    fn from_key(bytes: &[u8]) -> Result<Self, RecordError>
    where
        Self: Sized;

    /// Appends the self-delimiting form. The default escapes zero bytes (`00` → `00 FF`) and ends with `00 01`;
    /// fixed-width keys override it with their plain bytes.
    fn write_part(&self, out: &mut Vec<u8>) {
        for byte in self.to_key() {
            out.push(byte);
            if byte == 0 {
                out.push(0xFF);
            }
        }
        out.extend_from_slice(&[0, 1]);
    }

    /// Reads the self-delimiting form and returns what follows it.
    fn read_part(bytes: &[u8]) -> Result<(Self, &[u8]), RecordError>
    where
        Self: Sized,
    {
        let mut plain = Vec::new();
        let mut rest = bytes;
        loop {
            rest = match rest {
                [0, 1, tail @ ..] => return Ok((Self::from_key(&plain)?, tail)),
                [0, 0xFF, tail @ ..] => {
                    plain.push(0);
                    tail
                }
                [byte, tail @ ..] if *byte != 0 => {
                    plain.push(*byte);
                    tail
                }
                _ => return Err(RecordError::Key("a delimited component")),
            };
        }
    }
}

impl Key for Vec<u8> {
    fn to_key(&self) -> Vec<u8> {
        self.clone()
    }

    fn from_key(bytes: &[u8]) -> Result<Self, RecordError> {
        Ok(bytes.to_vec())
    }
}

impl Key for String {
    fn to_key(&self) -> Vec<u8> {
        self.as_bytes().to_vec()
    }

    fn from_key(bytes: &[u8]) -> Result<Self, RecordError> {
        Self::from_utf8(bytes.to_vec()).map_err(|_| RecordError::Key("UTF-8 text"))
    }
}

/// Fixed-width keys: the part is the key itself.
macro_rules! fixed_width_key {
    ($type:ty, $width:literal, $what:literal, $to:expr, $from:expr) => {
        impl Key for $type {
            fn to_key(&self) -> Vec<u8> {
                let to: fn(&$type) -> [u8; $width] = $to;
                to(self).to_vec()
            }

            fn from_key(bytes: &[u8]) -> Result<Self, RecordError> {
                let from: fn([u8; $width]) -> $type = $from;
                <[u8; $width]>::try_from(bytes).map(from).map_err(|_| RecordError::Key($what))
            }

            fn write_part(&self, out: &mut Vec<u8>) {
                out.extend_from_slice(&self.to_key());
            }

            fn read_part(bytes: &[u8]) -> Result<(Self, &[u8]), RecordError> {
                let (part, rest) = bytes.split_first_chunk::<$width>().ok_or(RecordError::Key($what))?;
                Ok((Self::from_key(part)?, rest))
            }
        }
    };
}

fixed_width_key!(u16, 2, "a 16-bit number", |n| n.to_be_bytes(), u16::from_be_bytes);
fixed_width_key!(u32, 4, "a 32-bit number", |n| n.to_be_bytes(), u32::from_be_bytes);
fixed_width_key!(u64, 8, "a 64-bit number", |n| n.to_be_bytes(), u64::from_be_bytes);
fixed_width_key!([u8; 16], 16, "sixteen bytes", |n| *n, |n| n);
fixed_width_key!([u8; 32], 32, "thirty-two bytes", |n| *n, |n| n);

impl<A: Key, B: Key> Key for (A, B) {
    fn to_key(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.0.write_part(&mut out);
        out.extend_from_slice(&self.1.to_key());
        out
    }

    fn from_key(bytes: &[u8]) -> Result<Self, RecordError> {
        let (first, rest) = A::read_part(bytes)?;
        Ok((first, B::from_key(rest)?))
    }

    fn write_part(&self, out: &mut Vec<u8>) {
        self.0.write_part(out);
        self.1.write_part(out);
    }

    fn read_part(bytes: &[u8]) -> Result<(Self, &[u8]), RecordError> {
        let (first, rest) = A::read_part(bytes)?;
        let (second, rest) = B::read_part(rest)?;
        Ok(((first, second), rest))
    }
}

impl<A: Key, B: Key, C: Key> Key for (A, B, C) {
    fn to_key(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.0.write_part(&mut out);
        self.1.write_part(&mut out);
        out.extend_from_slice(&self.2.to_key());
        out
    }

    fn from_key(bytes: &[u8]) -> Result<Self, RecordError> {
        let (first, rest) = A::read_part(bytes)?;
        let (second, rest) = B::read_part(rest)?;
        Ok((first, second, C::from_key(rest)?))
    }

    fn write_part(&self, out: &mut Vec<u8>) {
        self.0.write_part(out);
        self.1.write_part(out);
        self.2.write_part(out);
    }

    fn read_part(bytes: &[u8]) -> Result<(Self, &[u8]), RecordError> {
        let (first, rest) = A::read_part(bytes)?;
        let (second, rest) = B::read_part(rest)?;
        let (third, rest) = C::read_part(rest)?;
        Ok(((first, second, third), rest))
    }
}
