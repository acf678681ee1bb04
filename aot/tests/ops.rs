//! Every infix operator, every op of the table and every cast on every type: compiled code gives
//! the bits that scalar arithmetic defines.

use tirade_aot::{CompileOptions, RunOptions, run};
use tirade_ir::args::{Arg, Tensor};
use tirade_ir::builder::{ForFrame, Frame, FuncFrame, IRBuilder, LoopSpec};
use tirade_ir::op::{CSpelling, Evaluation, Kernel, TypeRule};
use tirade_ir::scalar::{Fault, Scalar, binary, convert};
use tirade_ir::{BinOp, Buffer, DType, IRModule, Op, PrimExpr, Span, Symbol, Var};

/// A node from its operands, and its value from theirs; `None` where it has none.
type Build = Box<dyn Fn(Vec<PrimExpr>) -> PrimExpr>;
type Expect = Box<dyn Fn(&[Scalar]) -> Option<Scalar>>;

/// One computation: its operands come from arrays of these types.
struct Case {
    name: String,
    operands: Vec<DType>,
    result: DType,
    build: Build,
    expect: Expect,
}

/// Values at the edges of a type, and some in between.
fn samples(dtype: DType) -> Vec<Scalar> {
    let mut raw: Vec<u64> = match dtype.is_float() {
        true => [
            0.0,
            -0.0,
            1.0,
            -1.0,
            0.5,
            1.5,
            2.5,
            -2.5,
            3.25,
            7.0,
            100.7,
            300.0,
            -129.0,
            65504.0,
            65520.0,
            16777217.0,
            2147483648.0,
            -2147483648.0,
            2147483647.5,
            4294967296.0,
            1e10,
            1e-8,
            6e-8,
            9223372036854775808.0,
            -9223372036854775808.0,
            18446744073709551616.0,
            1e30,
            3.4e38,
            f64::INFINITY,
            f64::NEG_INFINITY,
            f64::NAN,
            88.7,
            1e-40,
            1.00390625,
            0.1,
        ]
        .iter()
        .map(|v| Scalar::from_f64(dtype, *v).unwrap().value.bits())
        .collect(),
        false => {
            [0i128, 1, 2, 3, 5, 7, 8, 31, 32, 33, 100, 127, 128, 200, 255, -1, -2, -3, -7, -8, -128]
                .iter()
                .copied()
                .chain([dtype.int_min(), dtype.int_min() + 1, dtype.int_max(), dtype.int_max() - 1])
                .chain([dtype.int_max() / 3, (1 << 53) + 1, (1 << 40) + (1 << 32) + 1, 16777219])
                .map(|v| Scalar::from_i128(dtype, v).unwrap().bits())
                .collect()
        }
    };
    let mut state = 0x9E37_79B9_7F4A_7C15u64;
    for _ in 0..6 {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        raw.push(state >> (64 - dtype.bits()));
    }
    let mut values: Vec<Scalar> =
        raw.into_iter().map(|bits| Scalar::from_raw(dtype, bits).unwrap()).collect();
    let mut seen = std::collections::HashSet::new();
    values.retain(|v| seen.insert(v.bits()));
    values
}

fn binary_cases(cases: &mut Vec<Case>) {
    for dtype in DType::COMPUTABLE {
        for op in BinOp::ALL {
            let defined = match op {
                BinOp::And | BinOp::Or => dtype.is_bool(),
                BinOp::Add | BinOp::Sub | BinOp::Mul | BinOp::Div | BinOp::Mod => !dtype.is_bool(),
                BinOp::FloorDiv | BinOp::FloorMod => dtype.is_integer(),
                _ => true,
            };
            if !defined {
                continue;
            }
            let result = if op.is_arithmetic() { dtype } else { DType::BOOL };
            cases.push(Case {
                name: format!("{op:?} {dtype}"),
                operands: vec![dtype, dtype],
                result,
                build: Box::new(move |a| {
                    PrimExpr::binary(op, a[0].clone(), a[1].clone(), Span::NONE)
                }),
                expect: Box::new(move |v| {
                    let r = binary(op, v[0], v[1])?;
                    (r.fault != Fault::DivisionByZero).then_some(r.value)
                }),
            });
        }
    }
}

fn cast_cases(cases: &mut Vec<Case>) {
    for from in DType::COMPUTABLE {
        for to in DType::COMPUTABLE {
            cases.push(Case {
                name: format!("cast {from} {to}"),
                operands: vec![from],
                result: to,
                build: Box::new(move |a| PrimExpr::cast(to, a[0].clone(), Span::NONE)),
                expect: Box::new(move |v| Some(convert(v[0], to)?.value)),
            });
            if from.bits() == to.bits() {
                cases.push(op_case(Op::Reinterpret, vec![from], to));
            }
        }
    }
}

fn op_case(op: Op, operands: Vec<DType>, result: DType) -> Case {
    Case {
        name: format!("{op} {operands:?} {result}"),
        operands,
        result,
        build: Box::new(move |a| PrimExpr::call(op, a, result, Span::NONE)),
        expect: Box::new(move |v| Some(op.eval(result, v)?.value)),
    }
}

fn op_cases(cases: &mut Vec<Case>) {
    let floats = [DType::FLOAT16, DType::BFLOAT16, DType::FLOAT32, DType::FLOAT64];
    let integers: Vec<DType> = DType::COMPUTABLE.into_iter().filter(|d| d.is_integer()).collect();
    for &op in Op::ALL {
        let info = op.info();
        let arity = match info.arity {
            tirade_ir::op::Arity::Exactly(n) => n,
            tirade_ir::op::Arity::AtLeast(_) => continue,
        };
        if matches!(info.kernel, Kernel::None) || info.evaluation != Evaluation::Strict {
            continue;
        }
        let mut add = |operands: Vec<DType>, result| cases.push(op_case(op, operands, result));
        match info.rule {
            TypeRule::Float | TypeRule::PromotedFloat | TypeRule::Rounding => {
                floats.iter().for_each(|d| add(vec![*d; arity], *d));
            }
            TypeRule::WideFloat => floats[2..].iter().for_each(|d| add(vec![*d; arity], *d)),
            TypeRule::FloatAndInt32 => floats.iter().for_each(|d| add(vec![*d, DType::INT32], *d)),
            TypeRule::FloatToBool => floats.iter().for_each(|d| add(vec![*d], DType::BOOL)),
            TypeRule::Integer | TypeRule::Shift => {
                integers.iter().for_each(|d| add(vec![*d; arity], *d));
            }
            TypeRule::IntegerToInt32 => {
                integers.iter().for_each(|d| add(vec![*d; arity], DType::INT32));
            }
            TypeRule::Bits => {
                integers.iter().chain([&DType::BOOL]).for_each(|d| add(vec![*d; arity], *d));
            }
            TypeRule::Same => DType::COMPUTABLE.iter().for_each(|d| add(vec![*d], *d)),
            TypeRule::FixedPoint if arity == 4 => add(vec![DType::INT32; 4], DType::INT32),
            TypeRule::FixedPoint => {
                let mut operands = vec![DType::INT32; 5];
                operands.extend([DType::BOOL; 2]);
                add(operands, DType::INT32);
            }
            _ => assert!(matches!(info.c, CSpelling::Special), "{op} has no case"),
        }
    }
}

/// Every combination of samples for up to two operands, a walk through them for more.
fn operand_rows(operands: &[DType]) -> Vec<Vec<Scalar>> {
    let values: Vec<Vec<Scalar>> = operands.iter().map(|d| samples(*d)).collect();
    match &values[..] {
        [x] => x.iter().map(|v| vec![*v]).collect(),
        [x, y] => x.iter().flat_map(|a| y.iter().map(move |b| vec![*a, *b])).collect(),
        all => (0..2000usize)
            .map(|i| {
                let pick = |k: usize, v: &Vec<Scalar>| v[(i * (2 * k + 1) + i / (k + 3)) % v.len()];
                all.iter().enumerate().map(|(k, v)| pick(k, v)).collect()
            })
            .collect(),
    }
}

fn tensor(dtype: DType, values: &[Scalar]) -> Tensor {
    let mut tensor = Tensor::zeros(dtype, &[values.len()]);
    values.iter().enumerate().for_each(|(i, v)| tensor.set(i, *v));
    tensor
}

/// Runs all cases as one function and gives what differs.
fn failures(cases: &[Case], options: &RunOptions) -> Vec<String> {
    let mut b = IRBuilder::new();
    let mut func = FuncFrame::new("all_cases", Span::NONE);
    let mut args = Vec::new();
    let mut bodies = Vec::new();
    let mut rows = Vec::new();
    for (n, case) in cases.iter().enumerate() {
        // Rows without a value (division by zero) may trap.
        let mut inputs = operand_rows(&case.operands);
        inputs.retain(|row| (case.expect)(row).is_some());
        let len = PrimExpr::i32(inputs.len() as i32);
        let mut buffers = Vec::new();
        for (k, dtype) in case.operands.iter().enumerate() {
            let column: Vec<Scalar> = inputs.iter().map(|row| row[k]).collect();
            args.push(Arg::Tensor { tensor: tensor(*dtype, &column), initialised: true });
            buffers.push(Buffer::new(format!("x{n}_{k}").as_str(), [len.clone()], *dtype));
        }
        let out = Tensor::zeros(case.result, &[inputs.len()]);
        args.push(Arg::Tensor { tensor: out, initialised: false });
        buffers.push(Buffer::new(format!("y{n}").as_str(), [len.clone()], case.result));
        buffers.iter().for_each(|b| func.add_buffer(b.clone()));
        bodies.push((len, buffers));
        rows.push(inputs);
    }
    b.enter(Frame::Func(func)).unwrap();
    for (case, (len, buffers)) in cases.iter().zip(bodies) {
        let i = Var::new("i", DType::INT32);
        let loops = vec![LoopSpec::serial(i, len)];
        b.enter(Frame::For(ForFrame { loops, span: Span::NONE })).unwrap();
        let (out, inputs) = buffers.split_last().unwrap();
        let loads = inputs.iter().map(|b| PrimExpr::load(b.clone(), [i.into()], Span::NONE));
        b.store(out.clone(), (case.build)(loads.collect()), [i.into()], Span::NONE);
        b.exit();
    }
    let module = IRModule::from_func(b.exit_func().func);
    let outcome = match run(&module, Symbol::new("all_cases"), args, options) {
        Ok(outcome) => outcome,
        Err(error) => return vec![format!("{error:?}")],
    };
    let mut outputs = outcome.args.iter();
    let mut failures = Vec::new();
    for (case, inputs) in cases.iter().zip(&rows) {
        let Some(Arg::Tensor { tensor, .. }) = outputs.nth(case.operands.len()) else {
            return vec!["a result is missing".into()];
        };
        for (i, row) in inputs.iter().enumerate() {
            let (want, got) = ((case.expect)(row).unwrap(), tensor.get(i));
            if !want.agrees_with(got) {
                failures.push(format!("{}: {row:?} is {want:?}, compiled {got:?}", case.name));
                break;
            }
        }
    }
    failures
}

fn all_cases() -> Vec<Case> {
    let mut cases = Vec::new();
    binary_cases(&mut cases);
    cast_cases(&mut cases);
    op_cases(&mut cases);
    cases
}

fn options(opt_level: u8, native: bool) -> RunOptions {
    let compile = CompileOptions { opt_level, native, ..CompileOptions::default() };
    RunOptions { compile, ..RunOptions::default() }
}

fn check(options: &RunOptions) {
    // Compilers take much longer for one large function than for several small ones.
    let cases = all_cases();
    let failures: Vec<String> = cases.chunks(48).flat_map(|c| failures(c, options)).collect();
    assert!(failures.is_empty(), "{} cases differ\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn unoptimised_code_is_exact() {
    check(&options(0, false));
}

#[test]
fn optimised_code_is_exact() {
    check(&options(3, true));
}

#[test]
fn code_has_no_undefined_behaviour() {
    let mut options = options(1, false);
    options.compile.sanitize = true;
    check(&options);
}
