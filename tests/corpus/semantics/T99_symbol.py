# T99: a function's symbol must be a name (H2).
# ERROR TIR0 7
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((1,), "int32")):
    T.func_attr({"global_symbol": "main(void){return 0;} int y"})
    R[0] = 1
