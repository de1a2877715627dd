// The libraries, which the bundle has in front: see bundle.py.
declare const d3: any;
declare const dagre: any;
