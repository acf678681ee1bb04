//! Persistent collections: the only place that names the crate behind them.
//!
//! Cloning is O(1) and an update copies a path, so versions of a module, of a scope or of a
//! schedule share what they have in common.

/// Persistent map with the fast hasher.
pub type PMap<K, V> =
    im::GenericHashMap<K, V, rustc_hash::FxBuildHasher, im::shared_ptr::DefaultSharedPtr>;

/// Persistent vector.
pub type PVec<T> = im::Vector<T>;
