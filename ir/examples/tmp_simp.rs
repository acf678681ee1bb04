use tirade_ir::*;
fn main() {
 let args: Vec<String> = std::env::args().collect();
            let n: usize = args[1].parse().unwrap();
            let mut seed: u64 = args[2].parse().unwrap();
            let mut rnd = move |k: usize| { seed ^= seed << 13; seed ^= seed >> 7; seed ^= seed << 17; (seed >> 11) as usize % k };
            let names = ["x", "y", "z", "n"];
            let vars: Vec<Var> = names.iter().map(|s| Var::new(*s, DType::INT32)).collect();
            let mut an = arith::Analyzer::new();
            an.bind(vars[0], &Range::from_extent(16.into()));
            an.bind(vars[1], &Range::from_extent(8.into()));
            let opts = print::PrintOptions::default();
            fn gen_(r: &mut dyn FnMut(usize) -> usize, vars: &[Var], d: usize) -> PrimExpr {
                use arith::*;
                let cs = [1, 2, 3, 4, 8, 16, 32, 5, 7];
                if d == 0 { return if r(4) == 0 { cs[r(cs.len())].into() } else { vars[r(vars.len())].into() }; }
                let a = gen_(r, vars, d - 1);
                match r(12) {
                    0..=2 => add(&a, &gen_(r, vars, d - 1)),
                    3 => sub(&a, &gen_(r, vars, d - 1)),
                    4 | 5 => mul(&a, &cs[r(cs.len())].into()),
                    6 | 7 => floordiv(&a, &cs[r(cs.len())].into()),
                    8 | 9 => floormod(&a, &cs[r(cs.len())].into()),
                    10 => if r(2) == 0 { min(&a, &gen_(r, vars, d - 1)) } else { max(&a, &gen_(r, vars, d - 1)) },
                    _ => add(&a, &cs[r(cs.len())].into()),
                }
            }
            for i in 0..n {
                let mut e = gen_(&mut rnd, &vars, 1 + i % 4);
                if i % 5 == 4 {
                    let ops = [BinOp::Lt, BinOp::Le, BinOp::Eq, BinOp::Ne, BinOp::Ge, BinOp::Gt];
                    let o = ops[rnd(6)];
                    e = PrimExpr::binary(o, e, gen_(&mut rnd, &vars, 1 + i % 2), Span::NONE);
                }
                let s = an.simplify(&e);
                println!("{}\t{}", print::print_expr(&e, &opts).text.replace("\n", " "), print::print_expr(&s, &opts).text.replace("\n", " "));
            }
        
}
