//! "Did you mean": the nearest known name by edit distance.

/// The candidate nearest to `name`, if it is near enough to be a slip of the fingers.
pub fn did_you_mean<'a>(
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let limit = match name.chars().count() {
        0..=2 => 1,
        3..=5 => 2,
        _ => 3,
    };
    let distances = candidates.into_iter().map(|c| (edit_distance(name, c, limit), c));
    distances.filter(|(d, _)| *d <= limit).min().map(|(_, c)| c)
}

/// Number of insertions, deletions, replacements and swaps of neighbours between two words, or
/// more than `limit` when it is more than that. Case counts as half a letter's difference would:
/// not at all.
fn edit_distance(a: &str, b: &str, limit: usize) -> usize {
    let a: Vec<char> = a.to_lowercase().chars().collect();
    let b: Vec<char> = b.to_lowercase().chars().collect();
    if limit < a.len().abs_diff(b.len()) {
        return limit + 1;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, &ca) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, &cb) in b.iter().enumerate() {
            let replaced = last[j] + usize::from(ca != cb);
            let mut best = replaced.min(last[j + 1] + 1).min(row[j] + 1);
            if 0 < i && 0 < j && ca == b[j - 1] && a[i - 1] == cb {
                best = best.min(before[j - 1] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_found() {
        let names = ["serial", "parallel", "grid", "axis"];
        assert_eq!(did_you_mean("serail", names), Some("serial"));
        assert_eq!(did_you_mean("Grid", names), Some("grid"));
        assert_eq!(did_you_mean("paralel", names), Some("parallel"));
        assert_eq!(did_you_mean("matmul", names), None);
    }
}
