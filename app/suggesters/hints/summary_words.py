"""Words that summaries have of their own: what they call a text and those who speak or are spoken of in it.

A dialogue has no “friends” and an earnings call no “company”, an abstract doesn't say that it is a “paper”: a summary
says so, and is right.
"""

from app.suggesters.hints.word_set import word_set

TEXT_WORDS = word_set(
    """
    account announcement article blog book brief broadcast call chapter chat clip column document draft e-mail email
    entry file footage headline interview item leaflet letter line list magazine message news newspaper note outline
    page paper paragraph passage phone podcast post press print publication radio recording release report review
    script segment sheet show site slide speech story survey telephone television text thread transcript tv video
    volume web website work
    """
)
"""Things that a text is, that it is in, or by which people speak."""

PEOPLE_WORDS = word_set(
    """
    accomplice acquaintance actress addressee adult adversary adviser advisor advocate agent ally analyst applicant
    artist assistant associate attendee audience author beginner beneficiary boss boy buddy buyer caller campaigner
    candidate celebrity challenger champion character chief child chum citizen client colleague commentator
    companion competitor comrade consumer contestant contractor contributor correspondent couple coworker creator
    criminal critic crony culprit customer defendant designer developer distributor employer ex executive expert
    exporter fan fellow female figure finalist follower founder friend gentleman girl guest guy head helper hero
    holder homeowner homie host human importer individual inhabitant insider interviewee interviewer inventor
    investigator investor kid lady leader lender listener local loser lover maker male man manager manufacturer mate
    member messenger minor narrator newcomer novice observer offender official onlooker operator opponent organiser
    originator outsider owner pair pal panelist panellist parent participant partner party passenger patient peer
    people performer perpetrator person plaintiff player presenter producer professional protagonist provider
    purchaser reader recipient relative reporter representative requester researcher resident respondent retailer
    rival scholar scientist seller sender senior shareholder shopper someone speaker specialist spokesman
    spokesperson spokeswoman spouse staff stakeholder star student sufferer superior supervisor supplier supporter
    survivor suspect taxpayer team teammate teen teenager thief traveler traveller user vendor victim viewer villain
    visitor voter wholesaler winner witness woman worker writer youngster youth
    """
)
"""People as summaries call them, whatever their source does."""

KINSHIP_WORDS = word_set(
    """
    aunt baby boyfriend bride brother child cousin dad daddy daughter father fiance fiancee fiancé fiancée
    girlfriend grandchild granddaughter grandfather grandma grandmother grandpa grandparent grandson groom husband
    kin mom mother mum nephew niece parent sibling sister son spouse twin uncle wife
    """
)
"""Kin: who is whose is often inferred."""

CALENDAR_WORDS = word_set(
    """
    afternoon age beginning break century date day daytime deadline decade duration end era eve evening fortnight
    future hour instant interval lifetime midnight minute moment month morning night noon past period point present
    quarter schedule season second semester session spell stage term time today tomorrow tonight week weekend while
    year yesterday
    """
)
"""Times that rules about dates read, or that say little."""
