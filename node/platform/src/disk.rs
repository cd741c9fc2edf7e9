//! How much room a file system has left. Must never fill it to find out.

use std::{io, path::Path};

/// Room on a file system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Space {
    /// Bytes that this program can still write.
    pub free_bytes: u64,
    /// Bytes of the whole file system.
    pub total_bytes: u64,
}

/// The room on the file system of a path.
///
/// # Errors
/// Those of the system.
pub fn space(path: &Path) -> io::Result<Space> {
    let found = fs4::statvfs(path)?;
    Ok(Space { free_bytes: found.available_space(), total_bytes: found.total_space() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_room_where_there_is_a_directory_and_an_error_where_there_is_none() {
        let space = space(&std::env::temp_dir()).unwrap();
        assert!(space.total_bytes > 0 && space.free_bytes <= space.total_bytes, "{space:?}");
        assert!(super::space(Path::new("/nowhere/at/all")).is_err());
    }
}
