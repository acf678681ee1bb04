//! Maps of indices as arguments: sampled numbers in them are known.

use crate::schedule::Schedule;
use crate::value::IndexMap;

impl Schedule {
    /// The map with sampled numbers put in.
    pub fn resolved_map(&self, map: &IndexMap) -> IndexMap {
        IndexMap { result: map.result.iter().map(|e| self.resolve(e)).collect(), ..map.clone() }
    }
}
