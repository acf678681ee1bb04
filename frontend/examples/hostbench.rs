//! dev
use tirade_frontend::{Options, evaluate, parser};
use tirade_ir::span::SourceMap;
fn main() {
    let path = std::env::args().nth(1).unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    for _ in 0..3 {
        let mut sources = SourceMap::new();
        let file = sources.add(&path, text.clone()).unwrap();
        let t = std::time::Instant::now();
        let (m, _) = parser::parse_file(&file);
        let parse = t.elapsed();
        drop(m);
        let t = std::time::Instant::now();
        let no = Options { validate: false, ..Options::default() };
        let e = evaluate(&mut sources, &file, &no);
        let all = t.elapsed();
        let t = std::time::Instant::now();
        let n = tirade_ir::validate::validate(e.module.as_ref().unwrap()).len();
        println!("parse {parse:?} parse+eval {all:?} validate {:?} {n}", t.elapsed());
    }
}
