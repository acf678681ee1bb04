//! Compiled files by the hash of what they were compiled from.
//!
//! An entry is one file: the artifact, then 32 bytes of hash and a mark. Loaders ignore what
//! stands behind an ELF image, so the file is used as it is. It is written beside its place and
//! renamed, so a reader sees all of it or nothing, however many processes write and whenever one
//! of them is killed. An entry whose hash does not fit is removed and made again.

use crate::error::{AotError, Result};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

const MARK: &[u8; 8] = b"tirade\x01\n";
pub(crate) const TRAILER: usize = 32 + MARK.len();

/// Beginnings of the names of what is not finished yet.
pub(crate) const BUILD_PREFIX: &str = ".build-";
const WRITE_PREFIX: &str = ".tirade-";

/// What is not finished after this time never will be.
const ABANDONED: Duration = Duration::from_secs(24 * 3600);

/// Entries are dropped, oldest use first, when the cache is larger than this.
const MAX_BYTES: u64 = 512 << 20;

/// A folder of compiled files.
#[derive(Clone, Debug)]
pub struct Cache {
    dir: PathBuf,
}

impl Cache {
    /// The cache in `dir`, which is made if it is missing.
    pub fn open(dir: &Path) -> Result<Cache> {
        fs::create_dir_all(dir).map_err(|e| AotError::io("create the folder", dir, e))?;
        Ok(Cache { dir: dir.to_path_buf() })
    }

    /// Where the cache is by default: `$TIRADE_CACHE`, or `tirade` in the user's cache folder.
    pub fn default_dir() -> Option<PathBuf> {
        let var = |name| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
        var("TIRADE_CACHE")
            .or_else(|| var("XDG_CACHE_HOME").map(|d| d.join("tirade")))
            .or_else(|| var("HOME").map(|d| d.join(".cache").join("tirade")))
    }

    /// The folder; scratch files are best made in it, so that they can be renamed into place.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    fn path_of(&self, key: &blake3::Hash, extension: &str) -> PathBuf {
        let hex = key.to_hex();
        self.dir.join(&hex[..2]).join(format!("{}{extension}", &hex[2..]))
    }

    /// The entry of `key`, if there is one and it is whole.
    pub fn get(&self, key: &blake3::Hash, extension: &str) -> Option<PathBuf> {
        let path = self.path_of(key, extension);
        let bytes = fs::read(&path).ok()?;
        if !is_whole(&bytes) {
            let _ = fs::remove_file(&path);
            return None;
        }
        // The time of the last use decides what is dropped first; failing to note it is no harm.
        // The file is not opened for writing: a program that is cannot be started.
        if let Ok(file) = fs::File::open(&path) {
            let _ = file.set_modified(SystemTime::now());
        }
        Some(path)
    }

    /// Stores `artifact` under `key`.
    pub fn put(&self, key: &blake3::Hash, extension: &str, artifact: &Path) -> Result<PathBuf> {
        let mut bytes = fs::read(artifact).map_err(|e| AotError::io("read", artifact, e))?;
        let hash = blake3::hash(&bytes);
        bytes.extend_from_slice(hash.as_bytes());
        bytes.extend_from_slice(MARK);
        let path = self.path_of(key, extension);
        write_atomic(&path, &bytes, is_executable(artifact))?;
        if key.as_bytes()[0] == 0 {
            self.prune(MAX_BYTES);
            self.sweep(SystemTime::now() - ABANDONED);
        }
        Ok(path)
    }

    /// Removes what processes that were killed left behind before `time`.
    pub fn sweep(&self, time: SystemTime) {
        let places = fs::read_dir(&self.dir).into_iter().flatten().flatten();
        let inside = |e: &fs::DirEntry| fs::read_dir(e.path()).into_iter().flatten().flatten();
        for entry in places.flat_map(|e| inside(&e).chain([e])) {
            let name = entry.file_name();
            let is_scratch = [BUILD_PREFIX, WRITE_PREFIX]
                .iter()
                .any(|p| name.as_encoded_bytes().starts_with(p.as_bytes()));
            let modified = entry.metadata().and_then(|m| m.modified());
            if is_scratch && modified.is_ok_and(|m| m < time) {
                let _ = fs::remove_dir_all(entry.path());
                let _ = fs::remove_file(entry.path());
            }
        }
    }

    /// Drops the entries used least recently until at most `limit` bytes are left.
    pub fn prune(&self, limit: u64) {
        let folders = fs::read_dir(&self.dir).into_iter().flatten().flatten();
        let entries = folders.filter_map(|d| fs::read_dir(d.path()).ok()).flatten().flatten();
        let stat = |e: fs::DirEntry| {
            let meta = e.metadata().ok().filter(fs::Metadata::is_file)?;
            Some((meta.modified().ok()?, meta.len(), e.path()))
        };
        let mut files: Vec<_> = entries.filter_map(stat).collect();
        files.sort();
        let mut total: u64 = files.iter().map(|f| f.1).sum();
        for (_, size, path) in files {
            if total <= limit {
                return;
            }
            total -= size;
            let _ = fs::remove_file(path);
        }
    }
}

fn is_whole(bytes: &[u8]) -> bool {
    let Some(split) = bytes.len().checked_sub(TRAILER) else { return false };
    let (payload, trailer) = bytes.split_at(split);
    &trailer[32..] == MARK && blake3::hash(payload).as_bytes() == &trailer[..32]
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).is_ok_and(|m| m.permissions().mode() & 0o100 != 0)
}

/// Writes a file so that it is there whole or not at all.
pub fn write_atomic(path: &Path, bytes: &[u8], executable: bool) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let dir = path.parent().filter(|d| !d.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(dir).map_err(|e| AotError::io("create the folder", dir, e))?;
    let fail = |e: std::io::Error| AotError::io("write", path, e);
    let mut file = tempfile::Builder::new().prefix(WRITE_PREFIX).tempfile_in(dir).map_err(fail)?;
    file.write_all(bytes).map_err(fail)?;
    let mode = if executable { 0o755 } else { 0o644 };
    file.as_file().set_permissions(fs::Permissions::from_mode(mode)).map_err(fail)?;
    file.persist(path).map_err(|e| fail(e.error))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_corrupt_entry_is_made_again() {
        let dir = tempfile::tempdir().unwrap();
        let cache = Cache::open(&dir.path().join("c")).unwrap();
        let artifact = dir.path().join("a");
        fs::write(&artifact, b"code").unwrap();
        let key = blake3::hash(b"key");
        let path = cache.put(&key, ".so", &artifact).unwrap();
        assert_eq!(cache.get(&key, ".so"), Some(path.clone()));
        let mut bytes = fs::read(&path).unwrap();
        bytes[0] ^= 1;
        fs::write(&path, &bytes).unwrap();
        assert_eq!(cache.get(&key, ".so"), None);
        assert!(!path.exists());
        cache.put(&key, ".so", &artifact).unwrap();
        cache.prune(10);
        assert_eq!(cache.get(&key, ".so"), None);
    }

    #[test]
    fn what_the_killed_left_is_swept() {
        let dir = tempfile::tempdir().unwrap();
        let cache = Cache::open(dir.path()).unwrap();
        let artifact = dir.path().join("a");
        fs::write(&artifact, b"code").unwrap();
        let entry = cache.put(&blake3::hash(b"key"), ".so", &artifact).unwrap();
        let left = [dir.path().join(".build-x"), entry.parent().unwrap().join(".tirade-y")];
        fs::create_dir(&left[0]).unwrap();
        fs::write(&left[1], b"half").unwrap();
        cache.sweep(SystemTime::now() - Duration::from_secs(60));
        assert!(left.iter().all(|p| p.exists()));
        cache.sweep(SystemTime::now() + Duration::from_secs(60));
        assert!(!left.iter().any(|p| p.exists()));
        assert!(entry.exists());
    }
}
