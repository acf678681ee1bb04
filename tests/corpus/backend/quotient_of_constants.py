# Tiny C rounds operations on constants twice; their values are printed instead.
# OUT C: -2.6250000000000004e+40 0.30000000000000004
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(C: T.Buffer((2,), "float64")):
    C[0] = T.Div(T.float64(-2.625), T.float64(1e-40))
    C[1] = T.Div(T.float64(3), T.float64(10)) + T.Div(T.float64(1), T.float64(18014398509481984))
