from django.apps import AppConfig


class QuestionsConfig(AppConfig):
    name = "catalogue.questions"
    label = "questions"
