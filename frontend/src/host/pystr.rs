//! Strings by characters: indexing and slicing.

use super::Evaluator;
use super::error::Result;
use super::value::{SliceValue, Value};
use std::sync::Arc;

impl Evaluator {
    /// `text[index]`
    pub(crate) fn char_at(&mut self, text: &Arc<str>, index: &Value) -> Result<Value> {
        if text.is_ascii() {
            let at = self.position(index, text.len(), "string")?;
            return Ok(Value::from(&text[at..=at]));
        }
        let n_chars = text.chars().count();
        self.budget.step(n_chars as u64 / 16)?;
        let at = self.position(index, n_chars, "string")?;
        let c = text.chars().nth(at).expect("checked against the length");
        Ok(Value::from(c.encode_utf8(&mut [0; 4]) as &str))
    }

    /// `text[lower:upper:step]`
    pub(crate) fn slice_str(&mut self, text: &Arc<str>, slice: &SliceValue) -> Result<Value> {
        let len = if text.is_ascii() { text.len() } else { text.chars().count() };
        let picked = self.slice_positions(slice, len)?;
        self.budget.consume(picked.len() as usize + 32)?;
        if text.is_ascii() && picked.step == 1 {
            let (start, stop) = (picked.start as usize, picked.stop.max(picked.start) as usize);
            return Ok(Value::from(&text[start..stop]));
        }
        let chars: Vec<char> = text.chars().collect();
        let piece: String = (0..picked.len()).map(|i| chars[picked.get(i) as usize]).collect();
        Ok(Value::from(piece))
    }
}
