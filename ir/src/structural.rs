//! Structural equality and hash: the same program up to the names of what it binds.
//!
//! A node is encoded as a sequence of tokens in which a variable or buffer is the number of its
//! binder, counted from the start. Two nodes are equal exactly when their sequences are, and the
//! hash is that of the sequence, so the two agree by construction. The encoding itself, which says
//! what counts, is in `encode`:
//!
//! - Names of variables, buffers and blocks, spans, ids, spellings, and whether regions were
//!   inferred do not count.
//! - Float literals count by their value rounded to their type, all NaNs alike.
//! - Attributes, annotations, and the names of a module's functions count; the name of a function
//!   compared by itself does not.
//! - Free variables and buffers are equal if they are the same, or, with
//!   [`FreeVars::Map`], if they correspond one to one.

mod encode;

use crate::buffer::Buffer;
use crate::expr::PrimExpr;
use crate::span::Span;
use crate::stmt::Stmt;
pub use encode::Structural;
use encode::{Encoder, Segment, Sink};
use rustc_hash::FxHasher;
use std::fmt::Write;
use std::hash::Hasher;

/// How variables and buffers that are not bound inside the compared nodes are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FreeVars {
    /// They must be the same.
    Same,
    /// They must correspond one to one.
    Map,
}

/// The node around the first difference, on one side.
#[derive(Clone, Debug)]
pub enum Piece {
    /// An expression.
    Expr(PrimExpr),
    /// A statement.
    Stmt(Stmt),
    /// A buffer.
    Buffer(Buffer),
    /// None of these: a function or module.
    Whole,
}

/// One side of a [`Mismatch`].
#[derive(Clone, Debug)]
pub struct Side {
    /// What stands there, in a few words: `int32`, `variable i`, `3 statements`.
    pub found: String,
    /// The innermost node around the difference.
    pub piece: Piece,
    /// The innermost place of the source around the difference.
    pub span: Span,
}

/// The first difference of two nodes.
#[derive(Clone, Debug)]
pub struct Mismatch {
    /// Where it is: `main.body.loop i.block "C".value.lhs`.
    pub path: String,
    /// What differs: `dtype`, `operator`, `variable`, …
    pub what: &'static str,
    /// The left side.
    pub lhs: Side,
    /// The right side.
    pub rhs: Side,
}

impl std::fmt::Display for Mismatch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (what, lhs, rhs) = (self.what, &self.lhs.found, &self.rhs.found);
        write!(f, "{}: {what} differs: {lhs} against {rhs}", self.path)
    }
}

impl std::error::Error for Mismatch {}

/// Whether two nodes are the same up to names; see the module's description.
pub fn structural_equal<N: Structural + ?Sized>(lhs: &N, rhs: &N) -> Result<(), Box<Mismatch>> {
    structural_equal_with(lhs, rhs, FreeVars::Same)
}

/// [`structural_equal`] with a choice how free variables are compared.
pub fn structural_equal_with<N: Structural + ?Sized>(
    lhs: &N,
    rhs: &N,
    free_vars: FreeVars,
) -> Result<(), Box<Mismatch>> {
    let left = tokens(lhs, free_vars);
    let right = tokens(rhs, free_vars);
    if left == right {
        return Ok(());
    }
    // No sequence is a proper prefix of another: every list starts with its length.
    let same = left.iter().zip(&right).take_while(|(a, b)| a == b).count();
    let lhs = Witness::find(lhs, free_vars, same);
    let rhs = Witness::find(rhs, free_vars, same);
    let path = lhs.path.clone();
    Err(Box::new(Mismatch { path, what: lhs.what, lhs: lhs.into_side(), rhs: rhs.into_side() }))
}

/// A hash that structurally equal nodes share. Free variables count by their id.
pub fn structural_hash<N: Structural + ?Sized>(node: &N) -> u64 {
    structural_hash_with(node, FreeVars::Same)
}

/// [`structural_hash`] for [`structural_equal_with`]. With [`FreeVars::Map`], or if there are no
/// free variables, the hash is the same in every process.
pub fn structural_hash_with<N: Structural + ?Sized>(node: &N, free_vars: FreeVars) -> u64 {
    struct HashSink(FxHasher);
    impl Sink for HashSink {
        #[inline]
        fn token(&mut self, _: &'static str, value: u64, _: impl FnOnce() -> String) {
            self.0.write_u64(value);
        }
    }
    let mut encoder = Encoder::new(HashSink(FxHasher::default()), free_vars);
    node.encode(&mut encoder);
    encoder.sink.0.finish()
}

fn tokens<N: Structural + ?Sized>(node: &N, free_vars: FreeVars) -> Vec<u64> {
    struct Tokens(Vec<u64>);
    impl Sink for Tokens {
        #[inline]
        fn token(&mut self, _: &'static str, value: u64, _: impl FnOnce() -> String) {
            self.0.push(value);
        }
    }
    let mut encoder = Encoder::new(Tokens(Vec::new()), free_vars);
    node.encode(&mut encoder);
    encoder.sink.0
}

/// Finds what stands at the token number `target`.
struct Witness {
    target: usize,
    seen: usize,
    stack: Vec<(Segment, Piece, Span)>,
    path: String,
    what: &'static str,
    found: String,
    piece: Piece,
    span: Span,
}

impl Witness {
    fn find<N: Structural + ?Sized>(node: &N, free_vars: FreeVars, target: usize) -> Witness {
        let sink = Witness {
            target,
            seen: 0,
            stack: Vec::new(),
            path: String::new(),
            what: "structure",
            found: String::new(),
            piece: Piece::Whole,
            span: Span::NONE,
        };
        let mut encoder = Encoder::new(sink, free_vars);
        node.encode(&mut encoder);
        encoder.sink
    }

    fn into_side(self) -> Side {
        Side { found: self.found, piece: self.piece, span: self.span }
    }
}

impl Sink for Witness {
    fn token(&mut self, what: &'static str, _: u64, show: impl FnOnce() -> String) {
        if self.seen == self.target {
            self.what = what;
            self.found = show();
            for (i, (segment, _, _)) in self.stack.iter().enumerate() {
                let dot = if i == 0 || segment.is_index() { "" } else { "." };
                write!(self.path, "{dot}{segment}").expect("writing to a string");
            }
            if let Some((_, piece, span)) = self.stack.last() {
                self.piece = piece.clone();
                self.span = *span;
            }
        }
        self.seen += 1;
    }

    fn enter(&mut self, segment: Segment) {
        let (piece, span) =
            self.stack.last().map_or((Piece::Whole, Span::NONE), |(_, p, s)| (p.clone(), *s));
        self.stack.push((segment, piece, span));
    }

    fn exit(&mut self) {
        self.stack.pop();
    }

    fn node(&mut self, span: Span, piece: impl FnOnce() -> Piece) {
        if self.seen > self.target {
            return;
        }
        if self.stack.is_empty() {
            self.stack.push((Segment::Field("root"), Piece::Whole, Span::NONE));
        }
        if let Some((_, top, top_span)) = self.stack.last_mut() {
            *top = piece();
            *top_span = span.or(*top_span);
        }
    }
}

#[cfg(test)]
mod tests;
