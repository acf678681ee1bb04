# T37: 8-bit floats are not computed with (Y1).
# RUN: interp
# ERROR TIR06 9
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((1,), "float32"), R: T.Buffer((1,), "float32")):
    R[0] = T.Cast("float32", T.Cast("float8_e4m3fn", A[0]))
