"""brat's standoff format: texts with annotations beside them; https://brat.nlplab.org/standoff.html."""
