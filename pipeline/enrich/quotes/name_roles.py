"""The role of a name in its sentence, by the words before and after it."""

from __future__ import annotations

import re

VERB = (
    r"(?:said|says|told|tells|added|adds|wrote|writes|tweeted|explained|explains|insisted|insists|"
    r"warned|warns|argued|argues|replied|claimed|claims|stated|states|declared|announced|admitted|"
    r"noted|notes|recalled|recalls|commented|remarked|continued|concluded|concludes|acknowledged|"
    r"asked|asks|joked|quipped|stressed|responded|testified|posted|observed|saying|adding|telling)"
)
ADVERB = r"(?:(?:\w+ly|also|then|later|once|had|has|have)\s)?"
SUBJECT = r"(?P<subject>[^“”\"«\n;:]+)"

_FUNCTION = (
    r"(?:aboard|about|above|across|after|against|alongside|amid|amongst?|around|as|at|because|"
    r"before|behind|below|beneath|beside|besides|between|beyond|but|by|despite|during|except|"
    r"for|from|if|in|inside|into|like|minus|near|off|of(?! (?:State|Staff|Def))|on|onto|"
    r"opposite|outside|over|per|plus|round|since|than|that|through|throughout|to|towards?|"
    r"under|unless|unlike|until|upon|versus|via|vs?|when|where|which|while|who|whom|whose|with|"
    r"within|without|he|she|it|they|we|you)"
)
_PARTICIPLE = (
    r"(?!(?:acting|boxing|evening|founding|housing|incoming|leading|managing|morning|outgoing|"
    r"racing|reigning|ruling|sitting|visiting)\b)[a-z][a-z-]+ing"
)
_OTHER = rf"(?<![\w-])(?:{_FUNCTION}|{_PARTICIPLE})(?![\w-])"
"""Words that are no part of a title: a name after them has another role ("a lawyer for Smith")."""

NO_TITLE = re.compile(rf"{_OTHER}|\b(?:and|n?or)\b|&")
"""Never before a speaker's name. Capitalised, it begins the sentence: "On Monday Smith said"."""

NO_SUBJECT = re.compile(NO_TITLE.pattern, re.IGNORECASE)
"""Never before the subject of a sentence: "After Smith left" is not about Smith."""

NAME_ENDS = re.compile(rf",|{_OTHER}|\b(?:last|this|today|yesterday|later|earlier|afterwards)\b")
"""The end of a name after its verb: "said Smith beside her"."""

CLAUSE = re.compile(r".*[,;:]\s(?:(?:as|because|but|since|when|while)\s)?", re.DOTALL)
"""Everything before the last clause: another role in it is not the name's."""

BETWEEN = re.compile(r"\s*(?:,(?:[^,.;:“”\"]{1,90},)?|\([^)]*\))?\s*")
"""Between a name and its verb: an apposition, or the end of one that contains the name."""

TITLES = re.compile(
    r"(?:(?:[A-Z][\w.'’-]*|\w+['’]s?|\w+(?:er|or|ist|ian|man|woman|ant|ent|ary|al)|"
    r"boss|captain|chair|chief|coach|executive|head|host|judge|prime|professor|star|vice),?\s)*+"
)
"""Before a name at the start of a sentence: a role, or an owner."""

PREDICATE = re.compile(
    rf"(?:\s\([^)]*\)|,(?:[^,.;]{{1,120}},)?)?\s{ADVERB}(?:{VERB}|\w+ed|is|was|has|had|does|did|will|"
    r"would|can|could|may|might|must|should|became|began|believes|bought|brought|came|comes|felt|"
    r"found|gave|goes|got|held|kept|knew|knows|leads|led|left|lives|lost|made|makes|meets|met|plays|"
    r"ran|runs|sat|saw|sees|sent|sold|speaks|spent|spoke|stood|takes|thinks|thought|took|wants|went|"
    r"wins|won|works)(?:n['’]t)?\b"
)
"""The predicate after a name, an apposition apart: not "Smith supporters met"."""

REPORTED = re.compile(rf",\s{ADVERB}{VERB}\s{SUBJECT}")
"""The end of reported speech without marks: "It was late, said Smith"."""
