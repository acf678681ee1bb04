//! dev
use tirade_frontend::{Options, evaluate};
use tirade_ir::diag::render::{Style, render};
use tirade_ir::span::SourceMap;
fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let quiet = args.first().is_some_and(|a| a == "-q");
    let mut bad = 0;
    for path in args.iter().filter(|a| !a.starts_with('-')) {
        let mut sources = SourceMap::new();
        let text = std::fs::read_to_string(path).unwrap();
        let file = sources.add(path, text).unwrap();
        let start = std::time::Instant::now();
        let evaluated = evaluate(&mut sources, &file, &Options::default());
        let took = start.elapsed();
        if quiet {
            let errors: Vec<_> = evaluated.diagnostics.iter().filter(|d| d.is_error()).collect();
            if evaluated.module.is_none() || !errors.is_empty() {
                bad += 1;
                print!("BAD {path}: ");
                match errors.first() {
                    Some(d) => println!("{}", render(d, &sources, Style::Short)),
                    None => println!("no module"),
                }
            }
            continue;
        }
        print!("{}", evaluated.printed);
        for d in &evaluated.diagnostics {
            eprint!("{}", render(d, &sources, Style::Human { color: false }));
        }
        if args.iter().any(|a| a == "-t") {
            eprintln!("took {took:?}");
        }
        if args.iter().any(|a| a == "-p") {
            if let Some(m) = &evaluated.module {
                println!("{}", tirade_ir::print::print_module(m, &Default::default()).text);
            }
        }
    }
    if quiet {
        println!("{bad} bad");
    }
}
