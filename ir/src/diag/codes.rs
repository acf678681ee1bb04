//! The table of diagnostic codes: one row each, in families of a hundred.
//!
//! | range | family |
//! |---|---|
//! | 00xx | reading files and arrays, command line |
//! | 01xx | lexer |
//! | 02xx | parser |
//! | 03xx | parse-time evaluation (host Python) |
//! | 04xx | dialect: `T.*` names, signatures, statements |
//! | 05xx | types of expressions |
//! | 06xx | validator |
//! | 07xx | printing in another dialect |
//! | 08xx | schedules |
//! | 09xx | C backend and compiler driver |
//! | 10xx | run-time reports of the interpreter |

/// A stable diagnostic code, written `TIR0123`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Code(pub u16);

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TIR{:04}", self.0)
    }
}

impl std::fmt::Debug for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self}")
    }
}

/// What `tirade explain` knows of a code.
#[derive(Clone, Copy, Debug)]
pub struct CodeInfo {
    /// The code.
    pub code: Code,
    /// The Rust constant's name.
    pub name: &'static str,
    /// Class of run-time reports (`E-OOB`), or empty.
    pub class: &'static str,
    /// What it means, why the rule exists and how to mend it: a few sentences.
    pub text: &'static str,
}

macro_rules! codes {
    ($($number:literal $name:ident $($class:literal)? : $text:literal;)*) => {
        impl Code {
            $(#[doc = $text] pub const $name: Code = Code($number);)*
        }
        /// Every code with its explanation, in the order of their numbers.
        pub const CODES: &[CodeInfo] = &[
            $(CodeInfo { code: Code($number), name: stringify!($name), class: concat!($($class)?), text: $text },)*
        ];
    };
}

// Keep the numbers ascending; a number is never reused.
codes! {
    1 FILE_UNREADABLE: "A file could not be read.";
    2 SOURCE_TOO_LARGE: "The source text is larger than the limit.";
    3 FILE_UNWRITABLE: "A file or folder could not be written.";
    4 ARRAYS_UNREADABLE: "An `.npy` or `.npz` file could not be read, or holds arrays of a type that programs do not have.";
    5 BAD_OPTION: "The value of a command-line option is none of those it takes.";
    6 BAD_ASSIGNMENT: "Options such as `--set` and `--input` take NAME=VALUE.";
    7 NO_SUCH_FUNCTION: "The function to run is not there, or it is not clear which one is meant.";
    8 RESULTS_DIFFER: "The interpreter and the compiled program gave different results for the same program and inputs. One of the two has a bug.";
    19 INTERNAL: "Tirade itself failed: this is a bug, and a report of it is welcome.";
    20 UNKNOWN_ARGUMENT: "A name given for an argument is not a parameter, buffer or symbolic size of the function.";
    21 BAD_ARGUMENT_VALUE: "The text given for a scalar is not a value of its type.";
    22 MISSING_ARGUMENT: "A scalar parameter or a symbolic size has no value, and none follows from the arrays.";
    101 INVALID_CHARACTER: "A character that no token of the language begins with.";
    102 MIXED_INDENTATION: "Whether a line is deeper than another depends on the width of a tab. Indent with spaces only.";
    103 UNMATCHED_DEDENT: "A line is indented less than the one before, but as deep as no statement around it.";
    104 UNTERMINATED_STRING: "A string is not closed before the end of its line, or of the file for triple quotes.";
    105 UNCLOSED_BRACKET: "An opening bracket is never closed.";
    106 UNMATCHED_BRACKET: "A closing bracket closes nothing, or a bracket of another kind.";
    107 INVALID_NUMBER: "A number is not written as Python writes numbers.";
    108 IMAGINARY_NUMBER: "Numbers that end in `j` are complex; there are no complex numbers in TensorIR.";
    109 LINE_CONTINUATION: "A backslash outside of strings joins two lines and must end its line.";
    110 FSTRING_BRACE: "The braces of an f-string do not match. `{{` and `}}` stand for the braces themselves.";
    111 INVALID_ESCAPE: "An escape in a string stands for no character. Surrogates and `\\N{...}` are not supported.";
    201 UNEXPECTED_TOKEN: "The text does not follow the grammar: something else must stand at this place.";
    202 UNEXPECTED_INDENT: "A line is deeper than the one before, which opens no block.";
    203 EXPECTED_BLOCK: "After a line that ends in `:` an indented block must follow; `pass` does nothing.";
    204 INVALID_TARGET: "Only names, attributes, subscripts and lists of these can be assigned to, deleted or bound by a loop.";
    205 ARGUMENT_ORDER: "The arguments of a call stand in an order that Python does not allow.";
    206 PARAMETER_LIST: "A parameter list breaks a rule: the order of its kinds, defaults, or a name given twice.";
    207 NESTING_TOO_DEEP: "The program is nested deeper than the limit that keeps every later stage within its stack.";
    208 UNSUPPORTED_SYNTAX: "Python has this construct, but TVMScript has no use for it.";
    209 MISPLACED_CLAUSE: "An `else`, `elif`, `except` or `finally` without the statement it belongs to.";
    210 MIXED_STRINGS: "Strings of text and strings of bytes cannot be joined.";
    211 TOO_MANY_ERRORS: "A file has more syntax errors than are shown at once.";
    212 MISPLACED_EXPRESSION: "A starred expression, generator or `:=` stands where its value has no meaning without parentheses.";
    301 HOST_NAME: "A name has no value at this place: it is defined nowhere, later, or only on another path.";
    302 HOST_TYPE: "An operation was applied to values of a type that does not support it, or a call does not fit the function's parameters.";
    303 HOST_VALUE: "A value has the right type, but the operation is not defined for it.";
    304 HOST_ATTRIBUTE: "A value has no attribute or method of this name.";
    305 HOST_LOOKUP: "An index is out of range, or a key is not there.";
    306 HOST_ARITHMETIC: "A number was divided by zero, or is too large for the operation.";
    307 HOST_ASSERTION: "An `assert` that is evaluated while the script is read is false.";
    308 HOST_EXCEPTION: "The script raised an exception that nothing caught.";
    309 HOST_IMPORT: "Scripts can import `tvm`, `tirade`, `math`, `dataclasses`, `functools`, `itertools`, `collections`, `typing` and `__future__`: evaluation has no access to the machine it runs on.";
    310 HOST_UNSUPPORTED: "Python has this construct, but parse-time evaluation does not.";
    311 HOST_RUN_TIME_VALUE: "A decision of the parse-time evaluation depends on a value that is known only when the program runs. Conditions and loops over such values belong in a prim_func, where they become branches and loops of the program.";
    312 HOST_CONTROL_FLOW: "A `return`, `break` or `continue` leaves parse-time code from inside a branch or loop that is decided at run time.";
    313 HOST_TOO_MANY_ERRORS: "A file has more errors than are shown at once; what follows was not evaluated.";
    320 HOST_FUEL: "Evaluating the script takes more steps than the limit. An endless loop, or a recursion or macro whose work grows exponentially, is the usual cause.";
    321 HOST_MEMORY: "The values of the script take more memory than the limit.";
    322 HOST_DEPTH: "Calls are nested deeper than the limit. A recursion without end is the usual cause.";
    330 DUPLICATE_FUNCTION: "Two different functions of one file have the same name, so it is not clear which one the name means.";
    331 NO_FUNCTION: "A script stands for its functions; this one defines none.";
    400 UNKNOWN_NAME: "The dialects have no such name.";
    401 UNKNOWN_KEYWORD: "The called name has no parameter of this name.";
    402 TOO_MANY_ARGUMENTS: "The call has more positional arguments than the called name has parameters.";
    403 MISSING_PARAMETER: "A parameter without a default got no argument.";
    404 DUPLICATE_ARGUMENT: "A parameter got two arguments, one by position and one by name.";
    405 ARGUMENT_TYPE: "An argument is of a kind that its parameter does not take.";
    406 UNKNOWN_DTYPE: "The text names no data type.";
    407 OUTSIDE_FUNCTION: "The name builds a part of a prim_func and has no meaning outside of one.";
    408 OUTSIDE_BLOCK: "The name describes a block and must stand directly inside one.";
    409 DUPLICATE_DECLARATION: "Something that a block or function declares once was declared again.";
    410 REMAP: "`T.axis.remap` takes one letter, S or R, for each loop variable, and only variables of loops around the block.";
    411 RANK: "A buffer has as many indices as dimensions, no more and no fewer.";
    412 NEGATIVE_EXTENT: "The extent of a loop, of a block axis or of a buffer dimension is a negative constant.";
    413 LOOP_TARGETS: "A loop binds as many names as it has loop variables.";
    414 NOT_A_LOOP: "A `for` in a prim_func runs over a range, over loops such as `T.grid`, or over a list that is known when the script is read.";
    415 NOT_A_CONTEXT: "A `with` in a prim_func takes a block, an init, an attribute or a scope of the dialect.";
    416 PARAMETER_ANNOTATION: "A parameter of a prim_func says what it is: a buffer, a pointer or a scalar type.";
    417 PARAMETER_KIND: "Parameters of a prim_func are plain: no defaults, no `*args`, no `**kwargs`.";
    418 REBOUND: "The name stands for a buffer or loop variable that was defined in the same scope, and cannot be given another meaning there.";
    419 RELAX_FUNCTION: "Relax functions describe graphs of operators, which are no TensorIR. The module's prim_funcs can be used without them.";
    420 NOT_A_PARAMETER: "`T.match_buffer` takes a handle parameter of the function, or a region of a buffer inside a block.";
    421 RETURN: "What a function returns must fit the type after `->` in its header.";
    422 OUTSIDE_LOOP: "`break` and `continue` belong to the loop around them; there is none in this function or block.";
    423 NOT_A_STATEMENT: "The value of this expression has no meaning as a statement.";
    424 STATEMENT_DEPTH: "Statements are nested deeper than the limit that keeps every later stage within its stack.";
    425 THREAD_TAG: "Threads are named `blockIdx.x`, `threadIdx.y`, `vthread` and the like.";
    426 LITERAL_RANGE: "A literal does not fit its data type.";
    427 ASSERT_MESSAGE: "An assertion has a message: a string, or a kind of error with the parts of a message.";
    429 INDEX_TYPE: "An index, an extent or a bound is an integer.";
    430 NOT_ASSIGNABLE: "Only buffers and mutable scalars can be stored to.";
    431 LET: "An immutable binding has a value, and a type that fits it.";
    433 SLICE: "A slice has constant length where it stands for a vector.";
    434 UNKNOWN_FUNCTION: "The module has no function of this name.";
    435 UNSUPPORTED: "TVM has this construct, but Tirade has no meaning for it.";
    436 RANGE: "A range has a beginning, an end and a positive constant step.";
    437 LAUNCH: "A thread axis is launched with one extent.";
    438 VIEW: "A view has as many bytes as what it views, in whole elements.";
    439 ATTRIBUTE_VALUE: "Attributes hold numbers, strings, expressions, lists and dicts with string keys.";
    440 AXIS_COUNT: "A block with `as [...]` binds one name for each of its axes.";
    441 LOST_OPTION: "An option of TVM has no counterpart here and is not kept.";
    500 OPERAND_TYPES: "The operands of an operation have types that do not go together, and neither is converted silently: arithmetic and order promote, `==`, `!=`, `T.Select` and most ops do not.";
    501 LANES_MISMATCH: "Two vectors of different lengths stand in one operation. Scalars become vectors; vectors do not change length.";
    502 BOOL_EXPECTED: "Conditions, `and`, `or` and `not` take bools; numbers are not true or false by themselves.";
    503 INTEGER_EXPECTED: "The operation is defined on integers only.";
    504 FLOAT_EXPECTED: "The operation is defined on floats only.";
    505 BOOL_ARITHMETIC: "There is no arithmetic on two bools. A bool next to a number becomes that number's type.";
    506 INTEGER_DIVISION: "`/` does not say how integers are rounded. `//` and `%` round down, `T.truncdiv` and `T.truncmod` toward zero.";
    507 NEGATION: "Unsigned integers and bools have no negative values.";
    508 OP_ARITY: "An op was called with too few or too many arguments.";
    509 REINTERPRET_WIDTH: "A value can be reinterpreted only as a type with the same number of bits.";
    510 OPERAND_KIND: "An operand is of a kind that the operation does not take.";
    511 LANE_COUNT: "A vector has a constant number of lanes, and lanes are picked by constant numbers.";
    512 STORE_LANES: "The value of a store has as many lanes as the place it is stored to.";
    601 OPAQUE_ACCESS: "A block uses the pointer of a buffer and does not declare what it reads and writes. What is accessed through a pointer cannot be inferred; declare it with `T.reads` and `T.writes`.";
    602 UNDEFINED_VARIABLE: "A variable is used where it is not defined. Loop variables, axes and bindings are visible in their bodies, or in the rest of their sequence.";
    603 UNDEFINED_BUFFER: "A buffer is used where it is not defined. Allocations and views are visible in the rest of their sequence, or in their block.";
    604 DUPLICATE_BINDER: "One variable or buffer is defined at two places, so a use of it is ambiguous. Passes that copy code give the copy variables of its own.";
    605 VALUE_TYPE: "A value does not have the type of the place it is given to: a buffer's element, a binding, an axis, a loop's end. Nothing is converted silently.";
    607 BLOCK_BINDINGS: "A block has as many values as axes.";
    608 OUTER_LOOP_VARIABLE: "A block with axes sees the loops around it only through the values of its axes: this is what lets schedules move it.";
    609 REGION_RANK: "A region of a buffer has one range for each dimension.";
    610 VIEW_SHAPE: "A view made by `T.match_buffer` inside a block has the element type and the extents of the region it views.";
    611 NEGATIVE_SIZE: "The extent of a loop, an axis or a dimension is a negative constant. Sizes are 0 or more.";
    612 LOOP_STEP: "The step of a loop that is run is a positive constant.";
    613 THREAD_BINDING: "A loop over threads names a thread axis such as `threadIdx.x`; other loops do not.";
    614 ALLOCATION_LIMIT: "An allocation of constant size is larger than the limit.";
    615 BUFFER_FORM: "The fields of a buffer do not fit together: it has no strides or one for each dimension, its data is a pointer, its elements have a type.";
    616 CONSTANT_DATA: "The data of a constant is a list of numbers, one for each element.";
    617 STRAY_JUMP: "A `break` or `continue` has no loop around it in the same function or block.";
    618 FUNCTION_TYPE: "A parameter or result of a function is of a type that it cannot have, or a function returns something else than it declares.";
    619 UNKNOWN_CALLEE: "A function of the module is called that is not there.";
    620 CALL_ARGUMENTS: "The arguments of a call do not fit the parameters of the function in number, type or rank.";
    621 EXTERN_NAME: "The name of a C function is an identifier of C.";
    622 NESTING_LIMIT: "The program is nested deeper than the limit that keeps every later stage within its stack.";
    623 SYMBOL_NAME: "The name of a function is made of letters, digits and `_`, and does not begin with a digit.";
    630 NOT_RUNNABLE: "The program is valid and can be printed, but uses something that cannot be run: types that are not computed with, an intrinsic of a vendor, or a C function that is not on the list.";
    701 NOT_IN_CLASSIC: "The program uses something that TVMScript of TVM 0.8 to 0.19 cannot say. The text has the modern spelling in its place.";
    702 NOT_IN_MODERN: "The program uses something that TVMScript of TVM 0.27 cannot say. The text has the classic spelling in its place.";
    900 NO_C_FORM: "The program uses something that has no form in C, so it can be interpreted but not compiled.";
    901 CC_MISSING: "The C compiler could not be started. Compiled execution needs one: install it, or name it with `--cc` or the variable `CC`.";
    902 CC_FAILED: "The C compiler refused the printed code, or could not write its output.";
    903 CC_TIMEOUT: "The C compiler did not end in time and was stopped.";
    904 OUTPUT_FAILED: "A file of the compiler driver could not be read or written.";
    905 LOAD_FAILED: "A compiled library could not be loaded, or the process that calls it not be started.";
    906 CRASHED: "The compiled program crashed. It runs in a process of its own, so nothing else is harmed; interpret the program to see what it does wrong.";
    1000 OUT_OF_BOUNDS "E-OOB": "A buffer was accessed outside its shape, or outside the memory behind it.";
    1001 UNINITIALISED "E-UNINIT": "An element was read before anything was written to it.";
    1002 OVERFLOW "E-OVERFLOW": "A signed 32- or 64-bit result does not fit its type.";
    1003 DIVISION_BY_ZERO "E-DIVZERO": "An integer was divided by zero.";
    1004 SHIFT "E-SHIFT": "A shift count is not below the width of the shifted value.";
    1005 CAST "E-CAST": "A float that is NaN or out of range was cast to an integer.";
    1006 BOOL "E-BOOL": "A bool was read from a byte that is neither 0 nor 1.";
    1007 CLZ "E-CLZ": "Leading or trailing zeros of 0 were counted.";
    1008 RACE "E-RACE": "Two iterations of a parallel loop touch one element, and one of them writes.";
    1009 LANES "E-LANES": "Two enabled lanes of one vector store have the same address.";
    1010 REGION "E-REGION": "An access lies outside the regions that the block declares.";
    1011 BINDING_DOMAIN "E-BINDDOM": "A block axis was bound to a value outside its domain.";
    1012 BINDING_DUPLICATE "E-BINDDUP": "A block ran twice with the same axis values.";
    1013 INIT "E-INIT": "A reduction's init was missing, late, or repeated.";
    1014 MATCH "E-MATCH": "A match_buffer does not fit the region it views.";
    1015 ALIAS "E-ALIAS": "Two buffer parameters overlap, and one of them is written.";
    1016 ALLOC "E-ALLOC": "An allocation is larger than the limit, or its extent is negative.";
    1017 FUEL "E-FUEL": "The program ran longer than its budget of steps.";
    1018 ASSERT "E-ASSERT": "An assertion of the program is false.";
    1019 ARGUMENT "E-ARG": "An argument does not fit the function's parameter.";
}

impl Code {
    /// The row of this code.
    pub fn info(self) -> Option<&'static CodeInfo> {
        CODES.binary_search_by_key(&self, |c| c.code).ok().map(|i| &CODES[i])
    }

    /// The report class (`E-OOB`), or `None` for codes that are not run-time reports.
    pub fn class(self) -> Option<&'static str> {
        self.info().map(|i| i.class).filter(|c| !c.is_empty())
    }
}

impl std::str::FromStr for Code {
    type Err = ();

    /// Reads `TIR0123`, `tir123` or `123`.
    fn from_str(text: &str) -> Result<Self, ()> {
        let upper = text.to_ascii_uppercase();
        let digits = upper.strip_prefix("TIR").unwrap_or(&upper);
        let code = Code(digits.parse().map_err(|_| ())?);
        code.info().map(|i| i.code).ok_or(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_ascend() {
        assert!(CODES.windows(2).all(|w| w[0].code < w[1].code));
    }
}
