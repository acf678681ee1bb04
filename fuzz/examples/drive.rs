use tirade_fuzz::*;
use tirade_fuzz::campaign::*;
use tirade_ir::print::*;
fn main() {
    let mut a = std::env::args().skip(1);
    let seed: u64 = a.next().unwrap().parse().unwrap();
    let cases: u64 = a.next().unwrap().parse().unwrap();
    let jobs: usize = a.next().unwrap().parse().unwrap();
    let mode = a.next().unwrap_or_default();
    if std::env::var("NOHOOK").is_err() { std::panic::set_hook(Box::new(|i| eprintln!("PANIC {}", i.to_string().lines().collect::<Vec<_>>().join(" ")))); }
    if mode == "print" {
        let c = case_of(seed);
        println!("{}", print_module(&c.module, &PrintOptions::default()).text);
        return;
    }
    let lanes: Vec<_> = match std::env::var("LANES") { Ok(l) => CLane::available().into_iter().filter(|x| l.split(',').any(|y| y == x.name)).collect(), _ => vec![] };
    let config = Config { seed, cases: Some(cases), time: None, jobs, lanes, reduce: mode == "reduce", max_findings: std::env::var("MAXF").ok().and_then(|m| m.parse().ok()).unwrap_or(100000) };
    let mut kinds = std::collections::BTreeMap::<String, (usize, Vec<u64>, String)>::new();
    let start = std::time::Instant::now();
    let stats = run(&config, &mut |e| match e {
        Event::Finding(f) => {
            let k = format!("{}", f.failure.kind);
            let e = kinds.entry(k.clone()).or_default();
            e.0 += 1; e.1.push(f.seed); if e.2.is_empty() { e.2 = f.failure.detail.clone(); }
            if mode == "reduce" {
                println!("=== seed {} {}\n{}\n{}", f.seed, k, f.failure.detail, print_module(&f.case.module, &PrintOptions::default()).text);
                for (p, a) in f.case.module.get(f.case.func).unwrap().params.iter().zip(&f.case.args) {
                    match a { tirade_ir::args::Arg::Tensor { tensor, initialised } => { let v: Vec<_> = (0..tensor.len().min(16)).map(|i| format!("{:?}", tensor.get(i))).collect(); println!("#  {} init={initialised} {:?}", p.var.name, v) }, a => println!("# {} {:?}", p.var.name, a) }
                }
            }
        }
        Event::Batch(..) => {}
    });
    for (k, (n, s, d)) in &kinds { println!("{n:6} {k}   seeds {:?}\n        {}", &s[..s.len().min(6)], d); }
    let t = start.elapsed().as_secs_f64();
    println!("programs {} valid {:.4} timeouts {} planted {} rt {} cover {} in {t:.2}s = {:.0}/s", stats.programs, stats.valid_share(), stats.timeouts, stats.planted, stats.round_trips, stats.coverage.len(), stats.programs as f64 / t);
    for (l, (n, s)) in &stats.lanes { println!("  {l}: {:.0}/s", *n as f64 / s); }
}
