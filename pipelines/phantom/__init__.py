"""The phantom: procedural laparoscopic cholecystectomies with true labels, by a seed.

plot      what happens: seven phases in a lawful order, who does what with which instrument
state     how the anatomy stands at a time of the plot (fat, clips, lift, bag, blood, ...)
poses     where every instrument's tip is at a time, and whether it acts
look      how a centre and a surgery look (white balance, hue, vignette, camera)
tissue    the pre-painted ground: liver, abdominal wall, fat
anatomy   gallbladder, duct, artery, triangle, plate, clips, bag, blood
instruments  six instruments with shaft and tip
paint     one picture of a moment, with the boxes of what was painted
film      H.264 mp4 of a surgery
labels    the official CholecT50 JSON, and the criteria as Endoscapes' csv
"""
