"""Has pictures made ready off the request."""

from django_tasks import task

from catalogue.pictures.making import picture_make_ready


#: Hundreds of pictures come at once with a list of goods; notices and imports don't wait behind them.
@task(queue_name="pictures", priority=-50)
def make_ready(*, image_id: int) -> None:
    """A nudge: what is to be done stands in the picture's row."""
    picture_make_ready(image_id=image_id)
