"""Documents in: loaders, splitting, and the job that runs them. The only room that imports LangChain."""
