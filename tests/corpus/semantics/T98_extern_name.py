# T98: no text of the user reaches C (H1).
# ERROR TIR0 8
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((1,), "int32")):
    R[0] = T.call_extern("int32", "x); system(\"true\"); (", 1)
