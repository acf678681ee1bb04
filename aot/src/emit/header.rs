//! The header: status codes, sizes of workspaces, declarations.

use super::Emission;
use crate::c::module::{STATUS_NO_MEMORY, Status};

/// The header's text.
pub(super) fn print(emission: &Emission) -> String {
    let guard = format!("TIR_{}_H", guard_name(emission));
    let mut text = format!("#ifndef {guard}\n#define {guard}\n\n#include <stdint.h>\n\n");
    text += &status_codes();
    for func in emission.functions() {
        let signature = &emission.printed.signatures[&func.name];
        if signature.workspace > 0 && !signature.sized_workspace {
            let name = workspace_macro(&signature.c_name);
            text += &format!(
                "/* Bytes of memory that {} works in, aligned to 8. */\n#define {name} {}u\n\n",
                signature.c_name, signature.workspace
            );
        }
    }
    text += "#ifdef __cplusplus\nextern \"C\" {\n#define restrict __restrict\n#endif\n\n";
    for prototype in &emission.printed.prototypes {
        text += &format!("{};\n", prototype.text);
        if let Some(size) = &prototype.workspace_size {
            text += &format!("{size};\n");
        }
        if let Some(entry) = emission.printed.checked.iter().find(|f| f.func == prototype.func) {
            text += &format!("{};\n", entry.prototype);
        }
        text.push('\n');
    }
    text += "#ifdef __cplusplus\n#undef restrict\n}\n#endif\n\n#endif\n";
    text
}

/// Two headers in one program must not hide each other: the guard names what the header declares.
fn guard_name(emission: &Emission) -> String {
    let mut names = vec![emission.name.to_string()];
    names.extend(emission.functions().take(4).map(|f| emission.c_name(f).to_string()));
    names.join("_").to_ascii_uppercase()
}

/// The macro with the bytes of workspace of a function.
pub(super) fn workspace_macro(c_name: &str) -> String {
    format!("{c_name}_WORKSPACE_SIZE").to_ascii_uppercase()
}

fn status_codes() -> String {
    let mut text = String::from(
        "#ifndef TIR_STATUS\n#define TIR_STATUS\n\
         /* What functions return that can fail; n > 0: the n-th assertion does not hold. */\n\
         enum tir_status {\n",
    );
    for (status, value) in Status::ALL {
        text += &format!("  {status} = {value},\n");
    }
    debug_assert!(Status::ALL.iter().any(|(_, value)| *value == STATUS_NO_MEMORY));
    let end = text.trim_end_matches(",\n").len();
    text.truncate(end);
    text += "\n};\n#endif\n\n";
    text
}
