//! Directives in the comments of test programs.

use super::{Outcome, Tirade};
use libtest_mimic::Failed;
use serde_json::Value;
use std::path::Path;
use tirade::ir::DType;
use tirade::ir::args::Tensor;
use tirade::ir::scalar::Scalar;
use tirade::npy;

/// What a program's comments ask for.
#[derive(Debug, Default)]
pub struct Directives {
    verbs: Option<Vec<String>>,
    func: Option<String>,
    set: Vec<String>,
    options: Vec<String>,
    inputs: Vec<(String, Vec<String>)>,
    outputs: Vec<(String, Vec<String>)>,
    /// Errors of `check`, in order.
    pub errors: Vec<Expected>,
    /// The report of `interp`.
    pub report: Option<Expected>,
}

/// A diagnostic that is expected.
#[derive(Debug)]
pub struct Expected {
    /// `TIR0401`, the start of a code (`TIR04`), or a class (`E-OOB`).
    code: String,
    line: Option<u64>,
    columns: Option<(u64, u64)>,
}

impl Directives {
    /// Reads the directives of a program.
    pub fn parse(text: &str) -> Result<Directives, Failed> {
        let mut d = Directives::default();
        for line in text.lines().filter_map(|l| l.trim().strip_prefix("# ")) {
            let (head, rest) = line.split_once(':').unwrap_or((line, ""));
            let words = || rest.split_whitespace().map(String::from).collect::<Vec<_>>();
            match head.split_whitespace().collect::<Vec<_>>()[..] {
                ["RUN"] => d.verbs = Some(words()),
                ["FUNC"] => d.func = Some(rest.trim().into()),
                ["SET"] => d.set = words(),
                ["OPTIONS"] => d.options = words(),
                ["IN", name] => d.inputs.push((name.into(), words())),
                ["OUT", name] => d.outputs.push((name.into(), words())),
                ["ERROR", ..] => d.errors.push(Expected::parse(line)?),
                ["REPORT", ..] => d.report = Some(Expected::parse(line)?),
                _ => {}
            }
        }
        Ok(d)
    }

    /// Whether the executor is to run; all do if the program names none.
    pub fn runs(&self, verb: &str) -> bool {
        self.verbs.as_ref().is_none_or(|verbs| verbs.iter().any(|v| v == verb))
    }

    /// Whether expected outputs are given.
    pub fn has_outputs(&self) -> bool {
        !self.outputs.is_empty()
    }

    /// `tirade VERB FILE` with the options and inputs asked for; `folder` holds the input files.
    pub fn command(&self, verb: &str, path: &Path, folder: &Path) -> Result<Tirade, Failed> {
        let mut command = Tirade::new(verb).arg(path);
        if let Some(func) = &self.func {
            command = command.args(["--func", func]);
        }
        for set in &self.set {
            command = command.args(["--set", set]);
        }
        command = command.args(&self.options);
        for (name, elements) in &self.inputs {
            let file = folder.join(format!("{name}.npy"));
            let (spec, elements) = elements.split_first().ok_or("IN needs a type")?;
            std::fs::write(&file, npy::encode_npy(&tensor(spec, elements)?))?;
            command = command.arg("--input").arg(format!("{name}={}", file.display()));
        }
        Ok(command)
    }

    /// Runs the program on the given inputs and compares the outputs with the expected ones.
    pub fn check_outputs(&self, verb: &str, path: &Path) -> Result<(), Failed> {
        let folder = tempfile::tempdir()?;
        let outputs = folder.path().join("out.npz");
        self.command(verb, path, folder.path())?.arg("--outputs").arg(&outputs).expect(0)?;
        let arrays = npy::read_npz(&outputs)?;
        for (name, expected) in &self.outputs {
            let found = arrays.iter().find(|(n, _)| n == name);
            let found = &found.ok_or_else(|| format!("no output `{name}`"))?.1;
            compare(name, found, expected).map_err(|why| format!("{verb}: {why}"))?;
        }
        Ok(())
    }
}

/// A tensor from `float32[2,3]` and its elements.
fn tensor(spec: &str, elements: &[String]) -> Result<Tensor, Failed> {
    let (dtype, shape) = spec.split_once('[').ok_or("IN NAME: dtype[shape] elements")?;
    let dtype: DType = dtype.parse().map_err(|e| format!("{e}"))?;
    let extents = shape.trim_end_matches(']').split(',').filter(|s| !s.is_empty());
    let shape = extents.map(str::parse).collect::<Result<Vec<usize>, _>>()?;
    let mut tensor = Tensor::zeros(dtype, &shape);
    if tensor.len() != elements.len() {
        return Err(format!("{spec} has {} elements", tensor.len()).into());
    }
    for (i, element) in elements.iter().enumerate() {
        tensor.set(i, parse_scalar(dtype, element)?);
    }
    Ok(tensor)
}

/// A value of a type: an integer, a float, or bits written `0x3f81`.
fn parse_scalar(dtype: DType, text: &str) -> Result<Scalar, String> {
    let scalar = match text.strip_prefix("0x") {
        Some(bits) => u64::from_str_radix(bits, 16).ok().and_then(|b| Scalar::from_raw(dtype, b)),
        None if dtype.is_float() => {
            let value: Option<f64> = text.parse().ok();
            value.and_then(|v| Scalar::from_f64(dtype, v)).map(|checked| checked.value)
        }
        None => text.parse().ok().and_then(|v| Scalar::from_i128(dtype, v)),
    };
    scalar.ok_or_else(|| format!("`{text}` is no {dtype}"))
}

/// Bit for bit, but any two NaNs are equal. bfloat16 arrives as its bits in uint16.
fn compare(name: &str, found: &Tensor, expected: &[String]) -> Result<(), String> {
    let shown = || {
        let elements: Vec<String> = (0..found.len()).map(|i| found.get(i).to_string()).collect();
        elements.join(" ")
    };
    if found.len() != expected.len() {
        return Err(format!("{name} has {} elements: {}", found.len(), shown()));
    }
    for (i, text) in expected.iter().enumerate() {
        let wanted = parse_scalar(found.dtype, text)?;
        if !found.get(i).agrees_with(wanted) {
            return Err(format!("{name} is {}\n     expected {}", shown(), expected.join(" ")));
        }
    }
    Ok(())
}

impl Expected {
    /// Reads `ERROR TIR0401 7:12-18`; the place, or its columns, may be left out.
    fn parse(line: &str) -> Result<Expected, Failed> {
        let bad = || format!("`{line}` is not `ERROR CODE LINE[:COLUMN-END]`");
        let mut words = line.split_whitespace().skip(1);
        let code = words.next().ok_or_else(bad)?.to_string();
        let Some(place) = words.next() else {
            return Ok(Expected { code, line: None, columns: None });
        };
        let (line_no, columns) = place.split_once(':').unwrap_or((place, ""));
        let columns = match columns.split_once('-') {
            Some((lo, hi)) => Some((lo.parse()?, hi.parse()?)),
            None => None,
        };
        Ok(Expected { code, line: Some(line_no.parse()?), columns })
    }

    /// Whether a diagnostic in JSON is this one.
    pub fn check(&self, found: &Value) -> Result<(), Failed> {
        let code_fits = found["class"] == *self.code
            || found["code"].as_str().is_some_and(|code| code.starts_with(&self.code));
        let columns_fit = self.columns.is_none_or(|(lo, hi)| {
            found["column"].as_u64() == Some(lo) && found["end_column"].as_u64() == Some(hi)
        });
        let line_fits = self.line.is_none() || found["line"].as_u64() == self.line;
        if code_fits && line_fits && columns_fit {
            return Ok(());
        }
        Err(format!("expected {self:?}, found {found}").into())
    }

    /// Whether the first error of a run is this one.
    pub fn check_first(&self, outcome: &Outcome) -> Result<(), Failed> {
        match outcome.errors().first() {
            Some(found) => self.check(found),
            None => Err(format!("expected {self:?}, nothing was reported").into()),
        }
    }
}
