"""Reading from copies of the database, without anybody noticing: nobody misses what they wrote themselves.

| module       | what it knows                                                                                   |
|--------------|-------------------------------------------------------------------------------------------------|
| `positions`  | how far the primary has written, as a number                                                    |
| `servers`    | which copies answer, and how far each of them is                                                |
| `reading`    | what the current block may read from, and how fresh that has to be                              |
| `router`     | Django's question where a query goes                                                            |
| `backend`    | a connection to a copy, which turns to the primary when the copy fails                          |
| `remembering`| what a browser or a token has written lately                                                    |
| `middleware` | all of this for requests                                                                        |
"""
