complete --keep-order --exclusive --command kubectl-feast --arguments "(COMPLETE=fish kubectl-feast -- (commandline --current-process --tokenize --cut-at-cursor) (commandline --current-token))"
