# Rows and columns of one matrix by a view with swapped strides.
# RUN: check interp
# REPORT E-RACE 12:13-24
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((16,), "int32")):
    C = T.decl_buffer((4, 4), "int32", data=R.data, strides=[1, 4])
    for i in T.parallel(4):
        for j in range(4):
            C[i, j] = j
            R[i * 4 + j] = j
