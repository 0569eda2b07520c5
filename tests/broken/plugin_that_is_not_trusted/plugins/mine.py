raise SystemExit("it was run")
