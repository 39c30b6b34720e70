"""Short news on topics without labelled data, and on neighbouring topics; written for tests."""

OWN = {
    "disaster, accident and emergency incident": (
        "A ferry capsized in rough seas, and coastguard rescuers pulled survivors from the water. "
        "At least forty passengers are missing and the death toll is expected to rise.",
        "Flood water swept through the valley after a dam burst. Thousands were evacuated, and "
        "rescue teams searched for victims in the mud.",
        "A fire tore through a block of flats before dawn. Firefighters rescued residents from the "
        "roof; nine people died in the blaze and dozens were injured.",
        "The train derailed on a bridge and two carriages fell into the river. Emergency services "
        "said the crash killed eleven passengers.",
        "An earthquake of magnitude 6.8 shook the coast. Buildings collapsed, aftershocks came, "
        "and survivors dug through rubble for their families.",
        "The explosion at the chemical plant destroyed three buildings. The accident injured "
        "workers, and people living nearby were evacuated.",
        "Smoke filled a road tunnel after a coach caught fire. Passengers were led to safety, and "
        "the fire brigade put out the flames.",
    ),
    "labour": (
        "Train drivers will walk out for two days after talks on pay broke down. The union said "
        "members had voted for the strike by a large majority.",
        "The factory will lay off eight hundred workers by June. Trade union leaders called the "
        "redundancies a betrayal and demanded severance pay.",
        "Unemployment fell to five per cent as employers hired more staff. Job seekers still wait "
        "months, and wages have hardly risen.",
        "Nurses rejected the pay offer and will strike again. Their union wants collective "
        "bargaining on overtime and working conditions.",
        "Warehouse employees voted to form a union, the first at the retailer. They complain of "
        "low wages, long shifts and unsafe working conditions.",
        "Dockers ended their strike after employers agreed to a pay rise and new shift rules. The "
        "union will put the deal to its members.",
        "Bus drivers in the city will walk out on Friday after rejecting a pay offer. Their union "
        "said nine in ten had voted to strike.",
        "Port workers ended a week-long stoppage when the employers raised their pay offer. Ships "
        "had waited at anchor.",
    ),
    "conflict, war and peace": (
        "Shells hit the town overnight as troops advanced on the rebel stronghold. Both armies "
        "accuse each other of breaking the ceasefire.",
        "Peace talks between the government and the guerrillas ended without a truce. Fighting "
        "went on in the south, where militia fighters hold two villages.",
        "An air strike killed seven soldiers at a base near the border. The army answered with "
        "artillery and missiles.",
        "Insurgents attacked a military convoy with rockets. Four troops died in the ambush, the "
        "defence ministry said.",
        "Refugees fleeing the civil war told of bombardment and siege. Peacekeepers have not "
        "reached the besieged city.",
        "A suicide bomber struck a checkpoint, and militants claimed the attack. The army has "
        "fought the insurgency for ten years.",
        "Protesters threw stones at riot police, who fired tear gas and rubber bullets. A curfew "
        "was declared after two nights of unrest.",
    ),
    "weather": (
        "Heavy snow and freezing winds are forecast for the weekend. Temperatures may fall to "
        "minus fifteen degrees, meteorologists said.",
        "A heatwave will push temperatures above forty degrees. Forecasters expect sunshine and no "
        "rain until Thursday.",
        "Thunderstorms with hail and gusts are moving in from the west. The weather service issued "
        "a warning of heavy rain.",
        "Sunny spells and scattered showers, with a light breeze from the south. Fog will clear by "
        "noon, and it stays mild.",
        "The hurricane strengthened over warm water, with winds of 200 kilometres an hour. "
        "Meteorologists expect it to make landfall with heavy rainfall.",
        "It was the wettest autumn since records began. Rainfall was twice the average, and the "
        "forecast has more rain and gales.",
    ),
}

NEIGHBOURS = {
    "disaster, accident and emergency incident": (
        "The comedy was a box office disaster, but the actor says the film will find its audience.",
        "The striker rescued a point with a late goal after his team's defence collapsed.",
        "The firm's shares crashed after a profit warning, and investors lost half their money.",
        "The senator's campaign collapsed after the debate, and donors turned to other candidates.",
        "The singer's new album is on fire: it tops the charts, and the tour is sold out.",
        "The jury convicted him of arson and fraud, and the judge sent him to prison.",
    ),
    "labour": (
        "A lightning strike of two goals in a minute won the match for the home team.",
        "The credit union lowered interest rates on loans, and the bank cut its mortgage rates.",
        "The European Union will hold a summit on the treaty, the prime minister said.",
        "The actress said that work on the film was fun, and the director praised the cast.",
        "Doctors say the strike of the disease among patients was sudden; a vaccine is on the way.",
        "The rugby union captain is fit for the match, the coach said after training.",
    ),
    "conflict, war and peace": (
        "The film about a soldier won the award for best director at the festival.",
        "The two supermarkets are in a price war that cuts into their profits and sales.",
        "The defender was sent off after he fought with the goalkeeper, and the match was lost.",
        "Doctors fight the infection with a new drug, and patients recover within a week.",
        "The candidates battle for votes in the last week of the election campaign.",
        "Police arrested a gang member after a shooting; he is charged with murder.",
    ),
    "weather": (
        "The chancellor weathered a storm of criticism in parliament over the tax vote.",
        "The bank forecast higher profits, and its shares rose on the stock market.",
        "The band Snow Patrol plays its new album on a tour of twenty concerts.",
        "Cloud computing helped the software firm: its servers now run on the internet.",
        "The Thunder won by twelve points, and their coach praised the defence.",
        "Patients with a cold should rest and drink, doctors say; flu needs a vaccine.",
    ),
}
