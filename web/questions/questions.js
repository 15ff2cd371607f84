// All scripts of a chapter's questions: self-checks, the prediction, "From earlier chapters" and
// the code for the class board.

import "./self_check.js";
import "./kept_answers.js";
import "./prediction.js";
import "./practice.js";
import "./class_page.js";
